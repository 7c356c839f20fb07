import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
});
afterAll(() => kova.close());

const users = () => new Load(kova.control.edge, 'production.shop.localhost');
const production = (text: string) => `{ production: { instances: 2, stability: '2s', ${text} } }`;
const strict = `{ minRequests: 10, rules: [{ signal: 'error-rate', above: 0.05, for: '1s' }, { signal: 'restarts', above: 0 }] }`;
const blind = `{ rules: [{ signal: 'restarts', above: 99 }] }`;

// https://github.com/dokploy-community/dokploy/pull/184
test('what the live release does wrong is not held against the new one', async () => {
  const sick = await kova.shipped({ text: 'sick', failing: 0.5, environments: production(`analysis: ${blind}`) });
  expect(sick.state).toBe('done');
  const load = users();
  const { ship, commit } = await kova.ship({
    text: 'cure',
    environments: production(`strategy: canary({ steps: [50], every: '4s' }), analysis: ${strict}`),
  });
  await kova.until(
    () => kova.environment(),
    ({ weights }) => weights.blue === 50,
  );
  await kova.killInstances(sick.release!);
  const { state } = await kova.until(
    () => kova.call<{ state: string }>('GET', `/v1/ships/${ship}`),
    ({ state: now }) => now === 'done' || now === 'failed',
  );
  expect((await load.stop()).errors).toBeGreaterThan(0);
  expect(state).toBe('done');
  expect((await kova.get()).release).toBe(`rel_${commit.slice(0, 10)}`);
});

// https://github.com/basecamp/kamal-proxy/issues/71
test('probes that answer just in time, and one in 15 too late: no instance is put out, the release is live', async () => {
  const load = users();
  const ship = await kova.shipped({
    text: 'slow to say that it is well',
    onHealth: `globalThis.probes = (globalThis.probes ?? 0) + 1;
      setTimeout(() => response.end('well'), globalThis.probes % 15 === 0 ? 900 : 300);`,
    app: `health: { path: '/health', interval: '100ms', timeout: '600ms', deadline: '20s' },`,
    environments: `{ production: { instances: 2, stability: '8s' } }`,
  });
  const seen = await load.stop();
  expect(ship.error).toBeNull();
  expect(seen.dropped).toEqual([]);
  expect(readFileSync(join(kova.home, 'edge/edge.log'), 'utf8')).not.toMatch(/production.* is unhealthy/);
});

// https://github.com/argoproj/argo-rollouts/issues/3941
test('while one of two instances is not ready no user is on the release, and it fails by its deadline', async () => {
  const load = users();
  const ship = await kova.shipped({
    text: 'half',
    atStart: `if (process.env.KOVA_INSTANCE.endsWith('/1')) await new Promise(() => setInterval(() => {}, 1000));`,
  });
  const seen = await load.stop();
  expect(ship.deployments[0]).toMatchObject({ phase: 'failed', trafficAt: null });
  expect(ship.deployments[0]!.reason).toMatch(/^instance 2 of 2 of release rel_\w+ is not ready after 5 s: /);
  expect(seen.releases.has(ship.release!)).toBe(false);
  expect(seen.dropped).toEqual([]);
});

// https://github.com/argoproj/argo-rollouts/issues/4128
test('a release that listens and is never ready ends by its deadline, and says what it answered', async () => {
  const ship = await kova.shipped({ text: 'ill', onHealth: 'response.statusCode = 503; response.end();' });
  expect(ship.deployments[0]).toMatchObject({ phase: 'failed', trafficAt: null });
  expect(ship.deployments[0]!.reason).toMatch(/is not ready after 5 s: GET \/health answered 503/);
});

// https://github.com/fluxcd/flagger/issues/1035 https://github.com/fluxcd/flagger/issues/1011
test.each([
  ['pass', 'live', 'healthy', /^nothing spoke against it, but \d+ requests in 1 s, fewer than 10$/],
  [
    'fail',
    'rolled-back',
    'failed',
    /^rolled back: \d+ requests in 1 s, fewer than 10, and analysis\.noData is fail on /,
  ],
])('without traffic, noData: %s means %s', async (noData, phase, health, reason) => {
  const analysis = `{ noData: '${noData}', minRequests: 10, rules: [{ signal: 'error-rate', above: 0.05, for: '1s' }] }`;
  const ship = await kova.shipped({ text: `no data: ${noData}`, environments: production(`analysis: ${analysis}`) });
  expect(ship.deployments[0]).toMatchObject({ phase, health, reason: expect.stringMatching(reason) });
});

// https://github.com/fluxcd/flagger/issues/1581
test('a signal that does not exist is refused with its path and those that do', async () => {
  const analysis = `{ rules: [{ signal: 'eror-rate', above: 0.05, for: '1s' }] }`;
  const ship = await kova.shipped({ text: 'misspelt', environments: production(`analysis: ${analysis}`) });
  expect(ship).toMatchObject({ state: 'failed', deployments: [], error: { code: 'CONFIG_INVALID' } });
  expect(ship.error!.message).toContain(
    "environments.production.analysis.rules[0].signal: Invalid discriminator value. Expected 'error-rate' | 'p95' |",
  );
});
