import { expect, test } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { expand } from './graph.ts';
import { runVerdict } from './outcome.ts';
import { resolveJobs } from './resolve.ts';

const config = (pipeline: object) => ({ name: 'shop', app: { start: 'node server.js' }, pipeline });
const jobs = (pipeline: object) => resolveJobs(parseConfig(config(pipeline)));

test('without a word about it there is the standard pipeline, in an order that can run', () => {
  expect(expand(jobs({})).map(({ name, needs }) => `${name} <- ${needs.join(' ')}`)).toMatchInlineSnapshot(`
    [
      "install <- ",
      "build <- install",
      "code-quality <- install",
      "unit-tests <- install",
      "integration-tests <- install build",
      "e2e-tests <- install build",
      "performance-audit <- install build",
      "dependency-audit <- ",
      "security-scan <- install",
      "bundle-analysis <- build",
    ]
  `);
});

test('with none there is what makes a release, and the own jobs', () => {
  expect(Object.keys(jobs({ use: 'none', jobs: { lint: { run: ['npm run lint'] } } }))).toEqual([
    'install',
    'build',
    'lint',
  ]);
});

test('a standard job keeps what is not said of it, and null leaves it out', () => {
  const own = jobs({ jobs: { 'unit-tests': { timeout: '2m', retries: 1 }, 'e2e-tests': null } });
  expect(own['unit-tests']).toMatchObject({ run: [['npm', 'run', 'test:coverage']], timeout: 120_000, retries: 1 });
  expect(own['e2e-tests']).toBeUndefined();
});

test.each([
  ['a cycle', { jobs: { a: { run: ['x'], needs: ['b'] }, b: { run: ['x'], needs: ['a'] } } }, 'is a cycle'],
  [
    'an unknown need',
    { jobs: { a: { run: ['x'], needs: ['buidl'] } } },
    'pipeline.jobs.a.needs[0]: there is no job buidl',
  ],
  ['a job without commands', { jobs: { a: {} } }, 'pipeline.jobs.a.run: is required'],
  [
    'outputs of a job that runs nothing',
    { jobs: { a: { run: [], outputs: ['out'] } } },
    'pipeline.jobs.a.outputs: means nothing for a job without commands',
  ],
  ['a need on what was left out', { jobs: { build: null } }, 'needs[1]: there is no job build'],
  ['an unknown key', { jobs: { a: { run: ['x'], need: [] } } }, 'pipeline.jobs.a.need: unknown key'],
  // Scenario 30: https://github.com/fluxcd/flagger/issues/1581
  [
    'a gate on a report that no job makes',
    { use: 'none', gates: { coverage: { lines: 80 } } },
    'pipeline.gates.coverage: no job makes a lcov report',
  ],
  [
    'a secret that is a variable as well',
    { jobs: { a: { run: ['x'], env: { TOKEN: 'x' }, secrets: ['TOKEN'] } } },
    'pipeline.jobs.a.secrets[0]: TOKEN is set under env as well',
  ],
  [
    "a secret by a name of Kova's own",
    { jobs: { a: { run: ['x'], secrets: ['KOVA_TOKEN'] } } },
    'secrets[0]: names that',
  ],
  ['an unknown report', { jobs: { a: { run: ['x'], reports: [{ kind: 'xunit', path: 'x' }] } } }, 'reports[0].kind'],
  ['a path that leads out', { jobs: { a: { run: ['x'], outputs: ['../x'] } } }, 'must stay inside the repository'],
])('%s is refused at load', (_, pipeline, said) => {
  expect(() => parseConfig(config(pipeline))).toThrow(said);
});

test('a job that was not checked never makes a run green', () => {
  const passed = { name: 'a', state: 'passed', reason: '' } as const;
  const unknown = { name: 'e2e-tests', state: 'inconclusive', reason: 'package.json has no script test:e2e' } as const;
  const failed = { name: 'b', state: 'failed', reason: 'exit code 1:\nlines' } as const;
  expect(runVerdict([passed], 'pass')).toEqual({ outcome: 'pass', reason: '1 jobs passed' });
  expect(runVerdict([passed, unknown], 'pass')).toEqual({
    outcome: 'inconclusive',
    reason: '1 jobs passed; not checked: e2e-tests: package.json has no script test:e2e',
  });
  expect(runVerdict([passed, unknown], 'fail').outcome).toBe('fail');
  expect(runVerdict([unknown, failed, passed], 'pass')).toEqual({ outcome: 'fail', reason: 'b: exit code 1:' });
});
