import { readdirSync, readFileSync } from 'node:fs';
import type { ReleaseView, RunView, ShipView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppVersion } from './testing/app.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
let base: string;
beforeAll(async () => {
  kova = await TestKova.start();
  base = (await kova.shipped(checked('base', ''))).release!;
});
afterAll(() => kova.close());

/** A job that asks a served app in the pipeline, and in staging does as `inStaging` says with what it is answered. */
const probe = (inStaging: string) => `
const { release, env } = await (await fetch(process.env.BASE_URL + '/env')).json();
console.log('asked', env.KOVA_ENVIRONMENT, release, 'database' + ('DATABASE_URL' in process.env ? '' : ' not') + ' given');
if (process.env.KOVA_ENVIRONMENT === 'staging') { ${inStaging} }
`;

function checked(text: string, inStaging: string, more: Partial<AppVersion> & { settings?: string } = {}): AppVersion {
  const { settings = '', ...rest } = more;
  return {
    text,
    files: { 'probe.mjs': probe(inStaging) },
    pipeline: `{ use: 'none', jobs: { probe: { run: ['node probe.mjs'], serve: true, inputs: ['probe.mjs'] } } }`,
    environments: `{ staging: { stability: '1s', checks: ['probe'], ${settings} } }`,
    ...rest,
  };
}

/** Waits for a switch in the home. */
const until = (name: string) => `
const { existsSync } = await import('node:fs');
while (!existsSync('${kova.home}/${name}')) await new Promise((resolve) => setTimeout(resolve, 50));
`;

/** The run that checks the deployment of a ship, once one of its jobs is at work. */
async function checking(ship: string): Promise<string> {
  const [staging, { error }] = await kova.until(
    () => Promise.all([kova.environment('staging'), kova.call<ShipView>('GET', `/v1/ships/${ship}`)]),
    ([{ checks }, { state }]) => state === 'failed' || (checks?.jobs.some((job) => job.state === 'running') ?? false),
  );
  expect(error).toBeNull();
  return staging.checks!.run;
}

const served = async () => (await kova.get('/', 'staging')).release;
const runOf = (id: string) => kova.call<RunView>('GET', `/v1/runs/${id}`);
const logOf = (run: string, job: string) => kova.command('pipeline', 'show', run, '--job', job, '--log');

test('a check asks the new release in its environment while users stay on the live one; then it goes live', async () => {
  const { ship } = await kova.ship(checked('passes', until('go')));
  const run = await checking(ship);
  expect(await served()).toBe(base);
  expect(kova.cli('status')).toContain(`staging: verifying: ${run} checks`);
  kova.write('go');
  const ended = await kova.endOf(ship);
  expect(ended).toMatchObject({ state: 'done', deployments: [{ phase: 'live' }] });
  expect(logOf(run, 'probe')).toContain(`asked staging ${ended.release} database not given`);
  expect(await served()).toBe(ended.release);
  const releases = await kova.call<ReleaseView[]>('GET', '/v1/projects/shop/releases');
  const [deployment] = ended.deployments;
  expect(releases.find(({ id }) => id === ended.release)?.checks).toEqual([
    { run, environment: 'staging', deployment: deployment!.id, state: 'passed', reason: '1 jobs passed' },
  ]);
  expect(kova.command('attach', ship)).toMatch(/staging {2}check probe {2}passed/);
  base = ended.release!;
});

test('a check that fails fails the deployment before anybody is on it, and says which check and why', async () => {
  const ship = await kova.shipped(checked('fails', `console.error('no such shelf'); process.exit(3);`));
  const [deployment] = ship.deployments;
  expect(deployment).toMatchObject({ phase: 'failed', code: 'ENVIRONMENT_CHECK_FAILED', trafficAt: null });
  expect(deployment!.reason).toMatch(
    /^check probe: `node probe.mjs` ended with exit code 3:\n.*\nno such shelf\n\(run_/,
  );
  expect(ship.error).toMatchObject({ code: 'ENVIRONMENT_CHECK_FAILED' });
  expect(await served()).toBe(base);
  const { live, instances } = await kova.environment('staging');
  expect(live?.release).toBe(base);
  expect(instances.map(({ release }) => release)).not.toContain(ship.release);
});

const seconds = 3_000_000 + process.pid;
const sleeps = `
const { spawn } = await import('node:child_process');
spawn('sleep', ['${seconds}'], { detached: true, stdio: 'ignore' }).unref();
setInterval(() => {}, 1000);
`;

function sleepers(): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${seconds}\0`;
    } catch {
      return false;
    }
  }).length;
}

test('a deployment aborted amid its checks is cancelled, and leaves no process', async () => {
  const { ship } = await kova.ship(checked('aborted', sleeps));
  const run = await checking(ship);
  await kova.until(
    async () => sleepers(),
    (count) => count === 1,
  );
  const id = await kova.act('abort', { by: 'ada' }, 'staging');
  expect(await kova.ended(id)).toMatchObject({ phase: 'cancelled', reason: 'aborted by ada', code: 'CANCELLED' });
  expect(sleepers()).toBe(0);
  expect(await runOf(run)).toMatchObject({
    state: 'cancelled',
    jobs: [{ state: 'cancelled', reason: 'aborted by ada' }],
  });
  expect((await kova.endOf(ship)).state).toBe('failed');
  expect(await served()).toBe(base);
});

test('kill -9 of the control plane amid a check: it is run again, and the release goes live', async () => {
  const { ship } = await kova.ship(checked('crashed', until('again')));
  const run = await checking(ship);
  kova.killControl();
  expect(await served()).toBe(base);
  await kova.up();
  kova.write('again');
  const ended = await kova.endOf(ship);
  expect(ended).toMatchObject({ state: 'done', deployments: [{ phase: 'live' }] });
  expect((await runOf(run)).state).toBe('passed');
  expect(await served()).toBe(ended.release);
  base = ended.release!;
});

test('an edge that ends amid a check takes the way in with it: the deployment fails and says so', async () => {
  const { ship } = await kova.ship(checked('edge', until('never')));
  await checking(ship);
  kova.killEdge();
  const { deployments } = await kova.endOf(ship);
  expect(deployments[0]).toMatchObject({ code: 'EDGE_UNAVAILABLE', trafficAt: null });
  expect(deployments[0]!.reason).toMatch(/^check probe: The edge on .* has ended/);
  await kova.up();
  expect(await served()).toBe(base);
});

const withLoad = (settings: string, job = '') => ({
  pipeline: `{ use: 'none', jobs: { ${job} } }`,
  environments: `{ staging: { stability: '1s', checks: ['load'], load: { duration: '2s', ${settings} } } }`,
});

test('the load check has thresholds of the environment, and its figures are kept', async () => {
  const slow = await kova.shipped({ text: 'slow', delayMs: 40, ...withLoad(`maxP95: '20ms', connections: 2`) });
  expect(slow.deployments[0]!.reason).toMatch(/^check load: p95 \d+ ms > 20 ms\n/);
  const fast = await kova.shipped({ text: 'fast', ...withLoad(`minRps: 5, connections: 2`) });
  expect(fast.state).toBe('done');
  const [{ checks } = { checks: [] }] = await kova.call<ReleaseView[]>('GET', '/v1/projects/shop/releases');
  const { jobs } = await runOf(checks[0]!.run);
  expect(jobs[0]).toMatchObject({
    name: 'load',
    reason: expect.stringMatching(/answers a second \d+ ≥ 5; failed requests 0 % ≤ 1 %/),
  });
  expect(jobs[0]!.evidence[0]!.figures['load.rps']).toBeGreaterThan(5);
  base = fast.release!;
});

test('load goes to nothing but the environment, whatever the project says', async () => {
  const argv = JSON.stringify([
    'env',
    'BASE_URL=http://127.0.0.1:1',
    'KOVA_TARGET_HOSTS=127.0.0.1',
    'kova-check',
    'load',
  ]);
  const job = `load: { run: [${argv}], cache: false, serve: true }`;
  const commit = await kova.send({ text: 'elsewhere', ...withLoad('', job) });
  const run = await kova.proved(await kova.prove(commit));
  expect(run.reason).toContain('ended with exit code 1');
  expect(run.jobs[0]!.reason).toMatch(/TARGET_REFUSED.*no load goes to http:\/\/127\.0\.0\.1:1/);
});

test('a check that cannot be run is inconclusive, and who approves is told', async () => {
  const { ship } = await kova.ship({
    text: 'unchecked',
    files: { 'package.json': '{ "name": "shop", "type": "module" }' },
    pipeline: `{ use: 'none', jobs: { 'e2e-tests': { run: ['npm run test:e2e'], needs: [] } } }`,
    environments: `{ staging: { stability: '1s', approvals: 1, checks: ['e2e'] } }`,
  });
  const waiting = await kova.until(
    () => kova.environment('staging'),
    ({ inFlight }) => inFlight?.phase === 'awaiting-approval',
  );
  expect(waiting.checks!.jobs).toEqual([{ name: 'e2e-tests', state: 'inconclusive' }]);
  expect(waiting.inFlight!.reason).toContain('not checked: e2e-tests: package.json has no script test:e2e');
  await kova.act('approve', { by: 'ada' }, 'staging');
  expect((await kova.endOf(ship)).state).toBe('done');
});
