import { hasCode } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { expect, test } from 'vitest';
import type { Instance } from '../../ports/runtime.ts';
import { until } from '../../testing/until.ts';
import { configFor } from './testing/stand-in-cluster.ts';
import { openTrial } from './testing/trial.ts';

const patienceMs = 20_000;
const slot = 'shop/production/blue';
const namespace = 'shop--production';

const ask = async ({ address }: Instance) => (await fetch(`http://${address.host}:${address.port}/`)).json();

test('instances are named after their pods, have an address each, and know their own name', async () => {
  const { runtime, spec, cluster } = await openTrial();
  await runtime.start(spec('good', { instances: 3 }));
  expect(await runtime.awaitReady(slot, patienceMs)).toEqual({
    outcome: 'pass',
    reason: '3 of 3 instances of release r-1 answer GET /health',
  });
  const instances = await runtime.instances(slot);
  const pods = cluster.store.list('Pod', namespace).map(({ metadata }) => `${slot}/${metadata.name}`);
  expect(instances.map(({ id }) => id).sort()).toEqual(pods.sort());
  expect(new Set(instances.map(({ address }) => address.host)).size).toBe(3);
  for (const instance of instances) {
    expect(instance).toMatchObject({ state: 'ready', release: 'r-1', restarts: 0 });
    expect(await ask(instance)).toMatchObject({ instance: instance.id });
  }
});

test('a command is refused, with the one that kubectl runs', async () => {
  const { runtime, spec } = await openTrial();
  await runtime.start(spec('good'));
  await runtime.awaitReady(slot, patienceMs);
  const [instance] = await runtime.instances(slot);
  const request = { argv: ['ls'], terminal: null, signal: new AbortController().signal };
  const refusal = await runtime.exec(instance!.id, request).catch((error: unknown) => error);
  const pod = instance!.id.split('/')[3];
  expect(refusal).toMatchObject({
    code: 'EXEC_IMPOSSIBLE',
    next: expect.stringContaining(`-n ${namespace} ${pod} -- `),
  });
});

test('arguments and variables reach the app as they are, with what Kubernetes would replace in them', async () => {
  const { runtime, spec, cluster } = await openTrial();
  const odd = '$(PORT) $$(PORT) $PORT "\'';
  await runtime.start(spec('good', { start: ['node', 'good.mjs', odd], env: { ODD: odd, KEY: new Secret(odd) } }));
  await runtime.awaitReady(slot, patienceMs);
  const deployment = cluster.store.get('Deployment', namespace, 'app-blue');
  expect(deployment.spec.template.spec.containers[0].args[2]).toBe('$$(PORT) $$$(PORT) $PORT "\'');
  const [known] = await runtime.slots();
  expect(known!.env.ODD).toBe(odd);
  expect((known!.env.KEY as Secret).reveal()).toBe(odd);
  expect(known!.start[2]).toBe(odd);
});

test('the value of a secret is in one Secret and nowhere else', async () => {
  const { runtime, spec, cluster } = await openTrial();
  await runtime.start(spec('good', { env: { API_KEY: new Secret('sk-hidden-1') } }));
  const holding = cluster.store.all().filter((object) => {
    const text = JSON.stringify(object);
    return text.includes('sk-hidden-1') || text.includes(Buffer.from('sk-hidden-1').toString('base64'));
  });
  expect(holding.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Secret app-blue-env']);
});

test('what cannot be ready is told with what the kubelet saw and the last lines', async () => {
  const { runtime, spec } = await openTrial();
  await runtime.start(spec('unhealthy', { instances: 2 }));
  const verdict = await until(async () => {
    const found = await runtime.awaitReady(slot, 300);
    return found.reason.includes('statuscode: 500') ? found : null;
  });
  expect(verdict.outcome).toBe('fail');
  expect(verdict.reason).toMatch(
    /^instance 1 of 2 \(pod app-blue-\S+\) \(and 1 more\) of release r-1 is not ready after 300 ms: it runs and is not ready yet; Readiness probe failed: HTTP probe failed with statuscode: 500; it wrote nothing$/,
  );
});

test('a crash loop fails at once, with how it ended and what it wrote, scrubbed', async () => {
  const { runtime, spec } = await openTrial();
  const env = { DATABASE_URL: new Secret('postgres://shop:hunter22@db/shop') };
  await runtime.start(spec('exits-at-once', { env }));
  const verdict = await runtime.awaitReady(slot, patienceMs);
  expect(verdict.outcome).toBe('fail');
  expect(verdict.reason).toMatch(/will not become ready: it ended \d times; the last time it exited with 3;/);
  expect(verdict.reason).toContain('cannot reach the database at [secret]');
  expect(verdict.reason).not.toContain('hunter22');
});

test('an instance that takes too much memory is said to, and comes back', async () => {
  const { runtime, spec, cluster } = await openTrial();
  await runtime.start(spec('good'));
  await runtime.awaitReady(slot, patienceMs);
  const [pod] = cluster.store.list('Pod', namespace);
  cluster.kubelet.worker(pod!)?.outOfMemory();
  const seen = await until(async () =>
    (await runtime.instances(slot)).find(({ reason }) => reason.includes('OOMKilled')),
  );
  expect(seen.reason).toContain('was killed for its memory (OOMKilled)');
  expect(await runtime.awaitReady(slot, patienceMs)).toMatchObject({ outcome: 'pass' });
  expect((await runtime.instances(slot))[0]).toMatchObject({ state: 'ready', restarts: 1 });
});

test.each([
  [
    { reason: 'ImagePullBackOff', message: 'Back-off pulling image "registry.example.com/shop"' },
    'is not ready after 400 ms',
  ],
  [{ reason: 'InvalidImageName', message: 'Failed to apply default image tag' }, 'will not become ready'],
])('an image that cannot be had is named: %j', async (waiting, words) => {
  const { runtime, spec, cluster } = await openTrial();
  cluster.kubelet.script = () => ({ containerStatuses: [{ name: 'app', restartCount: 0, state: { waiting } }] });
  await runtime.start(spec('good'));
  await until(async () => (await runtime.instances(slot))[0]?.state === 'backing-off');
  const { outcome, reason } = await runtime.awaitReady(slot, 400);
  expect(outcome).toBe('fail');
  expect(reason).toContain(words);
  expect(reason).toContain(`${waiting.reason}: ${waiting.message}`);
});

test('a pod that no machine has room for is named, and its address leads nowhere', async () => {
  const { runtime, spec, cluster } = await openTrial();
  const message = '0/3 nodes are available: 3 Insufficient cpu.';
  cluster.kubelet.script = () => ({
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  });
  await runtime.start(spec('good'));
  const [instance] = await until(async () => {
    const found = await runtime.instances(slot);
    return found[0]?.reason.startsWith('Unschedulable') ? found : null;
  });
  expect(instance).toMatchObject({
    state: 'starting',
    reason: `Unschedulable: ${message}`,
    address: { host: '192.0.2.1' },
  });
});

test('stopping asks the app to end, waits until its pods are gone, and leaves nothing of the slot behind', async () => {
  const { runtime, spec, cluster } = await openTrial();
  await runtime.start(spec('ignores-sigterm', { instances: 2, stopTimeoutMs: 1000 }));
  await runtime.awaitReady(slot, patienceMs);
  const startedAt = performance.now();
  await runtime.stop(slot);
  expect(performance.now() - startedAt).toBeGreaterThan(950);
  const left = cluster.store
    .all()
    .filter(({ kind }) => kind !== 'Event')
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(left.sort()).toEqual([`Namespace ${namespace}`, 'ServiceAccount app']);
});

test('a stop goes on where one before was interrupted, and a start waits for it', async () => {
  const { runtime, spec, cluster, open } = await openTrial();
  await runtime.start(spec('good'));
  await runtime.awaitReady(slot, patienceMs);
  const [pod] = cluster.store.list('Pod', namespace);
  // What keeps a pod: a finalizer of somebody.
  cluster.store.change(pod!, ({ metadata }) => Object.assign(metadata, { finalizers: ['example.com/hold'] }));
  const first = runtime.stop(slot);
  await until(() => cluster.store.get('Deployment', namespace, 'app-blue').metadata.deletionTimestamp);
  const other = open();
  expect(await other.instances(slot)).toEqual([]);
  expect(await other.slots()).toEqual([]);
  const again = other.start(spec('good', { release: 'r-2' }));
  const held = cluster.store.list('Pod', namespace)[0]!;
  cluster.store.change(held, ({ metadata }) => Object.assign(metadata, { finalizers: [] }));
  await Promise.all([first, again]);
  expect(await other.awaitReady(slot, patienceMs)).toMatchObject({ outcome: 'pass' });
  expect((await other.instances(slot)).map(({ release }) => release)).toEqual(['r-2']);
});

test('a cluster that cannot be reached is named', async () => {
  const { open } = await openTrial();
  const away = open({ config: configFor('http://127.0.0.1:9') });
  const refusal = await away.instances(slot).catch((error: unknown) => error);
  expect(hasCode(refusal, 'CLUSTER_UNAVAILABLE')).toBe(true);
  expect(String(refusal)).toContain('the API server does not answer');
});

test('without a metrics server nothing is known of use, which is said once', async () => {
  const { open, spec } = await openTrial();
  const notices: string[] = [];
  const runtime = open({ onNotice: (notice) => notices.push(notice) });
  await runtime.start(spec('good'));
  expect(await runtime.usage(slot)).toEqual([]);
  expect(await runtime.usage(slot)).toEqual([]);
  expect(notices).toEqual([expect.stringContaining('metrics.k8s.io')]);
});
