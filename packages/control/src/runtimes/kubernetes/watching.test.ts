import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../../testing/until.ts';
import { openTrial } from './testing/trial.ts';

const slot = 'shop/production/blue';
const namespace = 'shop--production';
const patienceMs = 20_000;
const pending = {
  containerStatuses: [{ name: 'app', restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } }],
};

/** A slot that is waited for, and not ready before its machine may start. */
async function waiting() {
  const trial = await openTrial();
  const { runtime, cluster, spec } = trial;
  cluster.kubelet.script = () => pending;
  await runtime.start(spec('good'));
  await until(async () => (await runtime.instances(slot)).length === 1);
  const verdict = runtime.awaitReady(slot, patienceMs);
  await until(() => cluster.api.watchers.count === 2);
  const letGo = () => {
    cluster.kubelet.script = () => null;
    cluster.kubelet.sync();
  };
  return { ...trial, verdict, letGo };
}

const watches = (requests: readonly string[]) => requests.filter((request) => request.includes('watch=true'));

test('readiness is told by the watch: nothing is asked meanwhile', async () => {
  const { cluster, verdict, letGo } = await waiting();
  await until(async () => {
    const before = cluster.api.requests.length;
    await sleep(300);
    return cluster.api.requests.length === before;
  });
  letGo();
  expect(await verdict).toMatchObject({ outcome: 'pass' });
});

test('a watch that was cut goes on from the version of the last bookmark', async () => {
  const { cluster, verdict, letGo } = await waiting();
  const { requests, watchers } = cluster.api;
  cluster.store.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'noise', namespace } });
  watchers.bookmark();
  const { version } = cluster.store;
  const before = watches(requests).length;
  await sleep(100);
  watchers.drop();
  letGo();
  expect(await verdict).toMatchObject({ outcome: 'pass' });
  const again = watches(requests).slice(before);
  expect(again.some((request) => request.includes(`resourceVersion=${version}`))).toBe(true);
});

test('a version that the server has forgotten (410 Gone) means to list again', async () => {
  const { cluster, verdict, letGo } = await waiting();
  const { requests, watchers } = cluster.api;
  const lists = () => requests.filter((each) => each.startsWith(`GET /api/v1/pods?labelSelector`)).length;
  const before = lists();
  cluster.store.compact();
  watchers.drop();
  letGo();
  expect(await verdict).toMatchObject({ outcome: 'pass' });
  expect(lists()).toBeGreaterThan(before);
});

test('two watches are enough for all slots, and end with the runtime', async () => {
  const { runtime, cluster, verdict, spec } = await waiting();
  await runtime.start(spec('good', { slot: 'shop/production/green' }));
  await runtime.instances('shop/production/green');
  expect(cluster.api.watchers.count).toBe(2);
  await runtime.stop(slot);
  expect(await verdict).toMatchObject({ outcome: 'fail', reason: `slot ${slot} is stopped` });
  runtime.close();
  await until(() => cluster.api.watchers.count === 0);
});

test('instances are asked for once after a change, and known as last seen while the API server is away', async () => {
  const { runtime, cluster, verdict, letGo } = await waiting();
  letGo();
  await verdict;
  const before = await until(async () => {
    const found = await runtime.instances(slot);
    const { length } = cluster.api.requests;
    await Promise.all([runtime.instances(slot), runtime.instances(slot)]);
    return cluster.api.requests.length === length ? found : null;
  });
  expect(before).toMatchObject([{ state: 'ready' }]);
  cluster.api.refuse(true);
  await sleep(600);
  expect(await runtime.instances(slot)).toEqual(before);
});

test('an API server that goes away meanwhile is waited for, and named when it does not come back', async () => {
  const { runtime, cluster, verdict, letGo } = await waiting();
  const short = runtime.awaitReady(slot, 700);
  cluster.api.refuse(true);
  expect(await short).toMatchObject({ outcome: 'fail', reason: expect.stringContaining('does not answer') });
  letGo();
  cluster.api.refuse(false);
  expect(await verdict).toMatchObject({ outcome: 'pass' });
});
