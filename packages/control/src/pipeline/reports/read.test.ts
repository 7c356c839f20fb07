import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ReportKind } from '@kova/core/pipeline/evidence/evidence';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readReports } from './read.ts';

let base: string;
let workspace: string;
const signal = new AbortController().signal;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'kova-reports-'));
  workspace = join(base, 'source');
  mkdirSync(workspace);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const read = (kind: ReportKind, path: string, limits?: Parameters<typeof readReports>[3]) =>
  readReports(workspace, [{ kind, path }], signal, limits);
const findings = (count: number) =>
  `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"p"}},"results":[${'{"level":"note","message":{"text":"m"}},'.repeat(count)}{"message":{"text":"m"}}]}]}`;

test('this process goes on with its work while a hostile report is read', async () => {
  writeFileSync(join(workspace, 'a.sarif'), findings(600_000));
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const startedAt = performance.now();
  const [evidence] = await read('sarif', 'a.sarif');
  const took = performance.now() - startedAt;
  delay.disable();
  expect(evidence).toMatchObject({ problemCount: 600_001 });
  expect(delay.max / 1e6).toBeLessThan(took / 3);
});

test.each([
  ['time', { timeoutMs: 1, heapMb: 2048 }, /^(the reports|a\.sarif): not read within 1ms$/],
  ['memory', { timeoutMs: 60_000, heapMb: 100 }, /^a\.sarif: more than 100 MiB of memory are needed/],
])('a report that takes too much %s is refused by name', async (_, limits, message) => {
  writeFileSync(join(workspace, 'a.sarif'), findings(600_000));
  await expect(read('sarif', 'a.sarif', limits)).rejects.toMatchObject({ code: 'REPORT_MALFORMED', message });
});

test('a file of 500 MB is refused with its size, a broken one with its line', async () => {
  writeFileSync(join(workspace, 'huge.xml'), '');
  truncateSync(join(workspace, 'huge.xml'), 500 * 1024 ** 2);
  await expect(read('junit', 'huge.xml')).rejects.toThrow('huge.xml has 500 MiB; 32 MiB is the limit');
  writeFileSync(join(workspace, 'broken.xml'), '<testsuites>\n<testsuite>\n</testsuites>');
  await expect(read('junit', 'broken.xml')).rejects.toThrow(/^broken\.xml: line 3: /);
});

test.each<[string, (path: string) => void, RegExp]>([
  ['a link out', (path) => symlinkSync('/etc/passwd', path), /leads out of the job's directory/],
  ['a link to a file of Kova', (path) => symlinkSync(join(base, 'key'), path), /leads out of the job's directory/],
  ['a FIFO', (path) => execFileSync('mkfifo', [path]), /is no file/],
  ['a device behind a link', (path) => symlinkSync('/dev/zero', path), /leads out of the job's directory/],
  ['a directory', (path) => mkdirSync(path), /is no file/],
])('%s in place of a report is refused', async (_, make, message) => {
  writeFileSync(join(base, 'key'), 'secret');
  make(join(workspace, 'a.xml'));
  await expect(read('junit', 'a.xml')).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE', message });
});

test('a file that has another name elsewhere, and another owner, is refused', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can make a link to the file of another');
  writeFileSync(join(base, 'key'), 'secret');
  linkSync(join(base, 'key'), join(workspace, 'a.xml'));
  execFileSync('chown', ['1234', workspace]);
  await expect(read('junit', 'a.xml')).rejects.toThrow('the report a.xml belongs to another user');
});

test('what was not made is no evidence, and no report no process', async () => {
  expect(await read('junit', 'reports/*.xml')).toEqual([]);
  expect(await readReports(workspace, [], signal)).toEqual([]);
});
