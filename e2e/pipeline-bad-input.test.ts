import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runJobs, startJobs } from './testing/jobs.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
});
afterAll(() => kova.close());

const nothing = { script: '' };
const reporting = (kind: string, path: string, script: string) => ({
  script: `import { truncateSync, writeFileSync } from 'node:fs';\n${script}`,
  more: `reports: [{ kind: '${kind}', path: '${path}' }]`,
});

// Scenario 30: a gate that nothing can ever fail must not look like one.
test.each([
  ['a cycle', { a: { ...nothing, more: "needs: ['b']" }, b: { ...nothing, more: "needs: ['a']" } }, '{}', /a.*b.*a/],
  ['an unknown need', { a: { ...nothing, more: "needs: ['nowhere']" } }, '{}', /nowhere/],
  ['a gate on a report that no job makes', { a: nothing }, '{ coverage: { lines: 80 } }', /gates\.coverage.*lcov/],
  ['a gate of an unknown name', { a: nothing }, '{ coverrage: { lines: 80 } }', /coverrage/],
  ['an output beside the workspace', { a: { ...nothing, more: "outputs: ['../../x']" } }, '{}', /must stay inside/],
  ['an absolute output', { a: { ...nothing, more: "outputs: ['/etc']" } }, '{}', /must stay inside/],
  ['a report beside it', { a: reporting('junit', '../x.xml', '') }, '{}', /must stay inside/],
  ['a pattern that leads out', { a: { ...nothing, more: "keep: ['{..,a}/{..,a}/*']" } }, '{}', /must stay inside/],
])('%s is refused when the configuration is read', async (_, jobs, gates, message) => {
  const run = await runJobs(kova, jobs, gates);
  expect(run).toMatchObject({ state: 'failed', jobs: [] });
  expect(run.reason).toMatch(message);
});

test.each([
  ['junit', 'a.xml', '<testsuites>\\n<testsuite>\\n</testsuites>', /^a\.xml: line 3: no XML/],
  ['sarif', 'a.sarif', '{ "version": "2.1.0",\\n"runs": 7 }', /^a\.sarif: line 2: runs/],
  ['lcov', 'lcov.info', 'SF:a.js\\nDA:one,1\\nend_of_record', /^lcov\.info: line 2: /],
])('a malformed report, %s, fails its job with file and line', async (kind, file, text, message) => {
  const run = await runJobs(kova, { a: reporting(kind, file, `writeFileSync('${file}', '${text}');`) });
  expect(run).toMatchObject({ state: 'failed', jobs: [{ state: 'failed', reason: expect.stringMatching(message) }] });
});

test('a report of 500 MB is refused with its size, and the control plane grows by none of it', async () => {
  const script = "writeFileSync('a.xml', ''); truncateSync('a.xml', 500 * 1024 ** 2);";
  const before = residentMb();
  const run = await runJobs(kova, { a: reporting('junit', 'a.xml', script) });
  expect(run.jobs[0]).toMatchObject({ state: 'failed', reason: 'a.xml has 500 MiB; 32 MiB is the limit' });
  expect(residentMb() - before).toBeLessThan(100);
});

test('the control plane answers while a report takes all the time and memory that one can', async () => {
  const part = "'SF:f' + i + '\\nDA:1,1\\nLF:1\\nLH:1\\nend_of_record\\n'";
  const script = `let text = '';\nfor (let i = 0; text.length < 33_000_000; i += 1) text += ${part};\nwriteFileSync('lcov.info', text);`;
  const before = residentMb();
  const id = await startJobs(kova, { a: reporting('lcov', 'lcov.info', script) });
  const ended = kova.proved(id);
  let over = false;
  void ended.finally(() => {
    over = true;
  });
  const times: number[] = [];
  while (!over) {
    const at = performance.now();
    await kova.call('GET', '/v1/status');
    times.push(performance.now() - at);
  }
  expect(await ended).toMatchObject({ state: 'passed' });
  console.info(`slowest of ${times.length} answers: ${Math.round(Math.max(...times))} ms`);
  expect(Math.max(...times)).toBeLessThan(1000);
  expect(residentMb() - before).toBeLessThan(200);
});

function residentMb(): number {
  const status = readFileSync(`/proc/${kova.control.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
