import { readdirSync, readFileSync } from 'node:fs';
import type { RunView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { node } from './testing/app.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
});
afterAll(() => kova.close());

const jobs = (text: string) => `{ use: 'none', jobs: ${text} }`;
const states = (run: RunView) => Object.fromEntries(run.jobs.map((job) => [job.name, job.state]));
const cached = (run: RunView) => run.jobs.filter((job) => job.cached).map(({ name }) => name);

test('jobs run after what they need, find its outputs, and the run says how it went', async () => {
  const commit = await kova.send({
    text: 'proved',
    pipeline: jobs(`{
      make: { run: [${node("require('fs').mkdirSync('out'); require('fs').writeFileSync('out/n', '42')")}], outputs: ['out'] },
      use: { run: [${node("if (require('fs').readFileSync('out/n', 'utf8') !== '42') process.exit(1)")}], needs: ['make'] },
      each: { run: [${node("console.log('value', process.env.N)")}], matrix: { N: ['1', '2'] } },
    }`),
  });
  const run = await kova.proved(await kova.prove(commit));
  expect(run).toMatchObject({ state: 'passed', reason: '4 jobs passed' });
  expect(states(run)).toEqual({ make: 'passed', use: 'passed', 'each[N=1]': 'passed', 'each[N=2]': 'passed' });
  expect(run.criticalPath.names.at(-1)).toBeDefined();
});

test('what did not change is not run again, and what it made is there for the job that did', async () => {
  const version = (text: string) => ({
    text,
    files: { 'a/x': 'same', 'b/x': text },
    pipeline: jobs(`{
      a: { run: [${node("require('fs').writeFileSync('made', String(Math.random()))")}], inputs: ['a'], outputs: ['made'] },
      b: { run: [${node("console.log(require('fs').readFileSync('made', 'utf8'))")}], inputs: ['b'], needs: ['a'] },
    }`),
  });
  const first = await kova.proved(await kova.prove(await kova.send(version('one'))));
  expect(cached(first)).toEqual([]);
  const second = await kova.proved(await kova.prove(await kova.send(version('two'))));
  expect(states(second)).toEqual({ a: 'passed', b: 'passed' });
  expect(cached(second)).toEqual(['a']);
});

test('the log of a job that is not planned yet is waited for, and of one that there is not refused', async () => {
  const commit = await kova.send({
    text: 'told',
    pipeline: jobs(`{ tell: { run: [${node("console.log('a'); console.log('b')")}] } }`),
  });
  const run = await kova.prove(commit);
  const headers = { authorization: `Bearer ${kova.token()}` };
  const log = await fetch(`${kova.control.url}/v1/runs/${run}/jobs/tell/log`, { headers });
  expect(log.status).toBe(200);
  const said = (await log.text())
    .split('\n\n')
    .filter(Boolean)
    .map((event) => JSON.parse(event.slice('data: '.length)).text);
  expect(said.join('\n')).toMatch(/^\$ node -e .*\na\nb$/s);
  await expect(kova.call('GET', `/v1/runs/${run}/jobs/other/log`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a job without commands passes when all that it needs has passed, and hands on what they made', async () => {
  const commit = await kova.send({
    text: 'joined',
    pipeline: jobs(`{
      make: { run: [${node("require('fs').writeFileSync('n', '42')")}], outputs: ['n'] },
      each: { run: [${node('0')}], matrix: { N: ['1', '2'] } },
      'all-green': { run: [], needs: ['make', 'each'] },
      use: { run: [${node("if (require('fs').readFileSync('n', 'utf8') !== '42') process.exit(1)")}], needs: ['all-green'] },
    }`),
  });
  const run = await kova.proved(await kova.prove(commit));
  expect(run).toMatchObject({ state: 'passed' });
  const job = (name: string) => run.jobs.find((each) => each.name === name)!;
  expect(job('all-green')).toMatchObject({ reason: 'all that it needs has passed', cached: false });
  const ended = ['make', 'each[N=1]', 'each[N=2]'].map((name) => Date.parse(job(name).endedAt!));
  expect(Date.parse(job('all-green').startedAt!)).toBeGreaterThanOrEqual(Math.max(...ended));
});

test('a failure ends the run with the last lines of the command, and what needs it is skipped', async () => {
  const commit = await kova.send({
    text: 'fails',
    pipeline: jobs(`{
      bad: { run: [${node("console.error('Error: no such table: carts'); process.exit(3)")}] },
      after: { run: [${node('0')}], needs: ['bad'] },
      'all-green': { run: [], needs: ['after'] },
    }`),
  });
  const run = await kova.proved(await kova.prove(commit));
  expect(run.state).toBe('failed');
  expect(states(run)).toEqual({ bad: 'failed', after: 'skipped', 'all-green': 'skipped' });
  expect(run.jobs[0]!.reason).toContain('ended with exit code 3:\nError: no such table: carts');
});

test('a job whose script is missing is inconclusive, never green', async () => {
  const commit = await kova.send({
    text: 'unchecked',
    files: { 'package.json': '{ "name": "shop", "type": "module" }' },
    pipeline: jobs(`{ lint: { run: ['npm run lint'] } }`),
  });
  const run = await kova.proved(await kova.prove(commit));
  expect(run).toMatchObject({ state: 'inconclusive' });
  expect(run.reason).toContain('not checked: lint: package.json has no script lint');
});

// https://github.com/coollabsio/coolify/issues/5850
test('cancelling a run ends its jobs and leaves no process behind', async () => {
  const commit = await kova.send({
    text: 'long',
    pipeline: jobs(
      `{ long: { run: [${node("require('child_process').spawn('sleep', ['7391'], { detached: true }).unref(); setInterval(() => {}, 1000)")}] } }`,
    ),
  });
  const run = await kova.prove(commit);
  await kova.until(
    () => kova.call<RunView>('GET', `/v1/runs/${run}`),
    ({ jobs: [job] }) => job?.state === 'running',
  );
  await kova.until(
    async () => sleepers(),
    (found) => found > 0,
  );
  await kova.call('POST', `/v1/runs/${run}/cancel`, { by: 'ada' });
  const ended = await kova.proved(run);
  expect(ended).toMatchObject({ state: 'cancelled', jobs: [{ state: 'cancelled', reason: 'cancelled by ada' }] });
  expect(sleepers()).toBe(0);
});

test('kill -9 of the control plane in mid-run: finished jobs are not run again, the run goes on', async () => {
  const commit = await kova.send({
    text: 'crashed',
    pipeline: jobs(`{
      first: { run: [${node("require('fs').writeFileSync('n', String(Math.random()))")}], outputs: ['n'], cache: false },
      second: { run: [${node('setTimeout(() => {}, 4000)')}], needs: ['first'] },
      third: { run: [${node("console.log(require('fs').readFileSync('n', 'utf8'))")}], needs: ['second'] },
    }`),
  });
  const run = await kova.prove(commit);
  const before = await kova.until(
    () => kova.call<RunView>('GET', `/v1/runs/${run}`),
    ({ jobs: list }) => list[1]?.state === 'running',
  );
  kova.killControl();
  await kova.up();
  const ended = await kova.proved(run);
  expect(states(ended)).toEqual({ first: 'passed', second: 'passed', third: 'passed' });
  expect(ended.jobs[0]!.startedAt).toBe(before.jobs[0]!.startedAt);
});

function sleepers(): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === 'sleep\x007391\x00';
    } catch {
      return false;
    }
  }).length;
}

test('what a job carries is there for its own next run, whatever the commit', async () => {
  const version = (text: string) => ({
    text,
    pipeline: jobs(`{
      count: {
        run: [${node("const fs = require('fs'); fs.mkdirSync('.cache', { recursive: true }); const n = fs.existsSync('.cache/n') ? Number(fs.readFileSync('.cache/n', 'utf8')) + 1 : 1; fs.writeFileSync('.cache/n', String(n)); fs.writeFileSync('n', String(n))")}],
        carry: ['.cache'], outputs: ['n'],
      },
      tell: { run: [${node("process.exit(Number(require('fs').readFileSync('n', 'utf8')))")}], needs: ['count'], cache: false },
    }`),
  });
  const failed = [];
  for (const text of ['first', 'second']) {
    const run = await kova.proved(await kova.prove(await kova.send(version(text))));
    failed.push(run.jobs[1]!.reason.split(':')[0]!.replace(/^`.*` /s, ''));
  }
  expect(failed).toEqual(['ended with exit code 1', 'ended with exit code 2']);
});

const junit = (failed: number) =>
  `<testsuites><testsuite name="unit" tests="2" failures="${failed}"><testcase name="adds" classname="cart"/><testcase name="sells" classname="cart">${failed ? '<failure message="expected 3 to be 4">at cart.test.js:7</failure>' : ''}</testcase></testsuite></testsuites>`;
const lcov = (hit: number) =>
  `SF:a.js\n${Array.from({ length: 10 }, (_, index) => `DA:${index + 1},${index < hit ? 1 : 0}`).join('\n')}\nLF:10\nLH:${hit}\nend_of_record\n`;
const gated = (gates: string, text: string, files: Record<string, string>) => ({
  text,
  files,
  pipeline: `{ use: 'none', gates: ${gates}, jobs: { unit: {
    run: [${node("require('fs').mkdirSync('reports'); for (const f of ['unit.xml', 'lcov.info']) require('fs').copyFileSync(f, 'reports/' + f)")}],
    reports: [{ kind: 'junit', path: 'reports/*.xml' }, { kind: 'lcov', path: 'reports/lcov.info' }],
  } } }`,
});

test('a gate fails a job with its reason in words; changing only the gate judges the kept result anew', async () => {
  const files = { 'unit.xml': junit(0), 'lcov.info': lcov(7) };
  const strict = await kova.proved(
    await kova.prove(await kova.send(gated('{ coverage: { lines: 80 } }', 'strict', files))),
  );
  expect(strict).toMatchObject({ state: 'failed', reason: 'unit: coverage 70 % < 80 %' });
  expect(
    strict.jobs[0]!.evidence.map(({ kind, figures }) => [kind, figures['tests.passed'] ?? figures['coverage.lines']]),
  ).toEqual([
    ['junit', 2],
    ['lcov', 70],
  ]);
});

test('a report that is broken fails its job and names file and line', async () => {
  const files = { 'unit.xml': '<testsuites>\n<testsuite name="x">\n</testsuites>', 'lcov.info': lcov(10) };
  const run = await kova.proved(await kova.prove(await kova.send(gated('{}', 'malformed', files))));
  expect(run.state).toBe('failed');
  expect(run.jobs[0]!.reason).toMatch(/^reports\/unit\.xml: line 3: /);
});

test('a report that is a link to a file of the machine is refused', async () => {
  const version = gated('{}', 'link', { 'unit.xml': junit(0), 'lcov.info': lcov(10) });
  const pipeline = version.pipeline.replace(
    "copyFileSync(f, 'reports/' + f)",
    "symlinkSync('/etc/shadow', 'reports/' + f)",
  );
  const run = await kova.proved(await kova.prove(await kova.send({ ...version, pipeline })));
  expect(run.jobs[0]!.reason).toContain('leads out of the job');
});
