import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogQuery } from '../ports/job-runner.ts';
import { searchLog } from './search-log.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kova-search-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const signal = new AbortController().signal;
const base: LogQuery = { pattern: 'error', kind: 'text', ignoreCase: false, context: 0, limit: 1000 };
async function search(text: string, query: Partial<LogQuery>) {
  const path = join(directory, 'job.log');
  await writeFile(path, text);
  const { lines, cut } = await searchLog(path, { ...base, ...query }, signal);
  return { found: lines.map(({ line, text: said, found }) => `${line}${found ? ':' : '-'}${said}`), cut };
}
const log = 'one\nan error: é\n12:three\nError(x)\n--\n-e last\n';

test.each<[string, Partial<LogQuery>, string[]]>([
  ['text', {}, ['2:an error: é']],
  ['text, whatever its case', { ignoreCase: true }, ['2:an error: é', '4:Error(x)']],
  ['text that would be an expression', { pattern: '(x)' }, ['4:Error(x)']],
  ['text that would be an option', { pattern: '-e' }, ['6:-e last']],
  ['an expression', { kind: 'regex', pattern: '^[a-z]{3}$' }, ['1:one']],
  ['what is around it', { context: 1, pattern: 'three' }, ['2-an error: é', '3:12:three', '4-Error(x)']],
  ['lines that look like a gap', { pattern: '--' }, ['5:--']],
  ['nothing', { pattern: 'nowhere' }, []],
])('finds %s', async (_, query, found) => {
  expect(await search(log, query)).toEqual({ found, cut: false });
});

test('stops at the limit and says so; bytes that are no text keep no line from being found', async () => {
  const text = `${'error\n'.repeat(10)}`;
  expect(await search(text, { limit: 3 })).toEqual({ found: ['1:error', '2:error', '3:error'], cut: true });
  await writeFile(join(directory, 'bytes.log'), Buffer.concat([Buffer.from([0, 0xff, 10]), Buffer.from('error\0\n')]));
  expect((await searchLog(join(directory, 'bytes.log'), base, signal)).lines).toMatchObject([{ line: 2 }]);
});

test('an expression that is none is refused; a log that is not there has nothing', async () => {
  await expect(search(log, { kind: 'regex', pattern: 'a(b' })).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('Unmatched ('),
  });
  expect(await searchLog(join(directory, 'nowhere'), base, signal)).toEqual({ lines: [], cut: false });
});

// https://en.wikipedia.org/wiki/ReDoS
test('an expression that would take for ever elsewhere keeps nobody waiting', async () => {
  const started = performance.now();
  expect((await search(`${'a'.repeat(40)}!\n`, { kind: 'regex', pattern: '^(a+)+$' })).found).toEqual([]);
  expect(performance.now() - started).toBeLessThan(5000);
});

test('a log of 256 MiB is searched without being held', async () => {
  const path = join(directory, 'large.log');
  const file = await open(path, 'w');
  const block = Buffer.from(`${'x'.repeat(127)}\n`.repeat(8192));
  for (let count = 0; count < 256; count += 1) await file.write(block);
  await file.write('the error\n');
  await file.close();
  const before = process.memoryUsage().rss;
  const { lines } = await searchLog(path, { ...base, context: 1 }, signal);
  expect(lines.map(({ line }) => line)).toEqual([2_097_152, 2_097_153]);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 ** 2);
});
