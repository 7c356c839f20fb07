import { hasCode } from '@kova/core/errors/kova-error';
import { expect, test } from 'vitest';
import { openTrial, type Trial } from './testing/trial.ts';

const slot = 'shop/production/blue';
const namespace = 'shop--production';
const patienceMs = 20_000;

async function running(): Promise<Trial> {
  const trial = await openTrial();
  await trial.runtime.start(trial.spec('good'));
  expect(await trial.runtime.awaitReady(slot, patienceMs)).toMatchObject({ outcome: 'pass' });
  return trial;
}

test('pods with forged labels, or of a forged owner, are neither taken for instances nor ended', async () => {
  const { runtime, cluster } = await running();
  const [own] = cluster.store.list('Pod', namespace);
  const forged = { ...own!.metadata, ownerReferences: [] };
  const status = { ...own!.status, podIP: '192.0.2.66' };
  const base = { apiVersion: 'v1', kind: 'Pod', spec: own!.spec, status };
  cluster.store.create({ ...base, metadata: { ...forged, name: 'forged' } });
  const [owner] = own!.metadata.ownerReferences!;
  const other = { ...owner!, uid: 'f0000000-0000-4000-8000-000000000000' };
  cluster.store.create({ ...base, metadata: { ...forged, name: 'other', ownerReferences: [other] } });
  const set = cluster.store.create({
    ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', spec: { replicas: 1 } },
    metadata: { name: 'foreign', namespace },
  });
  const foreign = { ...owner!, name: 'foreign', uid: set.metadata.uid };
  cluster.store.create({ ...base, metadata: { ...forged, name: 'third', ownerReferences: [foreign] } });

  expect((await runtime.instances(slot)).map(({ id }) => id)).toEqual([`${slot}/${own!.metadata.name}`]);
  await runtime.stop(slot);
  const left = cluster.store.list('Pod', namespace).map(({ metadata }) => metadata.name);
  expect(left).toContain('forged');
  expect(left).toContain('third');
});

test('what another home of Kova runs is not seen, not stopped, and not taken over', async () => {
  const { runtime, cluster, open, spec } = await running();
  const other = open({ home: 'home-2' });
  expect(await other.slots()).toEqual([]);
  expect(await other.instances(slot)).toEqual([]);
  const refusal = await other.start(spec('good')).catch((error: unknown) => error);
  expect(hasCode(refusal, 'CONFLICT')).toBe(true);
  expect(String(refusal)).toContain('another home of Kova');
  await other.stop(slot);
  // Another slot of the same environment would share its namespace.
  const green = await other.start(spec('good', { slot: 'shop/production/green' })).catch((error: unknown) => error);
  expect(String(green)).toContain('Namespace shop--production was made by another home of Kova');
  expect(await runtime.instances(slot)).toHaveLength(1);
  expect(cluster.store.list('Pod', namespace)).toHaveLength(1);
});

test('a Deployment that somebody else made under that name is refused and left alone', async () => {
  const { runtime, cluster, spec } = await running();
  await runtime.stop(slot);
  cluster.store.create({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'app-blue', namespace } },
    spec: { replicas: 0, template: { metadata: {}, spec: { containers: [{ name: 'x', image: 'x' }] } } },
  });
  const refusal = await runtime.start(spec('good')).catch((error: unknown) => error);
  expect(hasCode(refusal, 'CONFLICT')).toBe(true);
  expect(String(refusal)).toContain('was made by somebody else');
  expect(cluster.store.get('Deployment', namespace, 'app-blue').spec.replicas).toBe(0);
});

test('what others have added to an object stays; what they have set of Kova’s own is set back', async () => {
  const { runtime, cluster, spec } = await running();
  const account = cluster.store.get('ServiceAccount', namespace, 'app');
  cluster.store.change(account, (object) => {
    object.metadata.annotations = { 'example.com/team': 'shop' };
    object.automountServiceAccountToken = true;
  });
  await runtime.start(spec('good', { slot: 'shop/production/green' }));
  const after = cluster.store.get('ServiceAccount', namespace, 'app');
  expect(after.metadata.annotations).toEqual({ 'example.com/team': 'shop' });
  expect(after.automountServiceAccountToken).toBe(false);
});
