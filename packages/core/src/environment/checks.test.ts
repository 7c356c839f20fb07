import { expect, test } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { expand } from '../pipeline/graph.ts';
import { checkJobs, checksOf, loadLast } from './checks.ts';

const configWith = (environment: object, pipeline: object = {}) =>
  parseConfig({
    name: 'shop',
    app: { start: 'node server.mjs' },
    services: { db: { kind: 'postgres' } },
    pipeline,
    environments: { staging: environment },
  });

test('the usual checks are jobs of the pipeline that ask the environment instead of an app of their own', () => {
  const config = configWith({ checks: ['integration', 'e2e', 'lighthouse', 'security', 'load'] });
  const names = ['integration-tests', 'e2e-tests', 'performance-audit', 'security-scan', 'load'];
  expect(checksOf(config, config.environments.staging!)).toEqual(names);
  const jobs = checkJobs(config, 'staging');
  for (const name of names)
    expect(jobs[name]).toMatchObject({
      serve: false,
      services: [],
      cache: false,
      env: { KOVA_ENVIRONMENT: 'staging' },
    });
  expect(jobs['e2e-tests']).toMatchObject({ needs: ['install', 'build'], browser: true });
  // What they need is what the pipeline has made.
  expect(jobs.build).toMatchObject({ cache: true, env: {} });
});

test('the load check does as the environment says', () => {
  const load = { paths: ['/', '/cart'], duration: '20s', connections: 4, minRps: 50, maxP95: '300ms', maxErrors: 0.5 };
  const { load: job } = checkJobs(configWith({ checks: ['load'], load }), 'staging');
  const options =
    '--path / --path /cart --duration 20 --connections 4 --min-rps 50 --max-p95 300 --max-error-rate 0.005';
  expect(job!.run).toEqual([['kova-check', 'load', ...options.split(' ')]]);
});

test('load waits for all others, so that neither spoils what the other measures', () => {
  const graph = loadLast(expand(checkJobs(configWith({ checks: ['load', 'lighthouse'] }), 'staging')));
  const load = graph.at(-1)!;
  expect([load.name, load.needs]).toEqual(['load', []]);
  expect(load.after).toEqual(graph.slice(0, -1).map(({ name }) => name));
});

test('any job of the pipeline may be a check, under its name', () => {
  const config = configWith(
    { checks: ['contract'] },
    { jobs: { contract: { run: ['npm run contract'], serve: true } } },
  );
  expect(checkJobs(config, 'staging').contract).toMatchObject({ serve: false, run: [['npm', 'run', 'contract']] });
});

test.each([
  [{ checks: ['smoke'] }, {}, /environments\.staging\.checks\[0\]: there is no job smoke; there are install, build/],
  [{ checks: ['e2e'] }, { jobs: { 'e2e-tests': null } }, /checks\[0\]: there is no job e2e-tests/],
  [{ checks: ['e2e', 'e2e-tests'] }, {}, /checks\[1\]: e2e-tests is there already/],
  [{ load: { duration: '1h' } }, {}, /environments\.staging\.load\.duration: must be from 1s to 5m/],
])('%j is refused', (environment, pipeline, message) => {
  expect(() => configWith(environment, pipeline)).toThrow(message);
});
