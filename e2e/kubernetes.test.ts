import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStandInCluster, type StandInCluster } from '@kova/control/testing/cluster';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inStore } from './testing/books.ts';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

// No cluster can be had here. A stand-in for the API of one runs pods as processes, each in the unpacked release.
const inPods = `runtime: 'kubernetes',`;
const image = `registry.example.com/shop@sha256:${'0'.repeat(64)}`;

let cluster: StandInCluster;
let kova: TestKova;
let directory: string;
beforeAll(async () => {
  cluster = await openStandInCluster({
    directory: ({ metadata }) => {
      const name = `app-${metadata.labels?.['dev.kova.slot']}`;
      const deployment = cluster.store.get('Deployment', metadata.namespace, name);
      return JSON.parse(deployment.metadata.annotations?.['dev.kova.spec'] ?? '{}').directory;
    },
  });
  directory = await mkdtemp(join(tmpdir(), 'kova-kubeconfig-'));
  const env = { KUBECONFIG: join(directory, 'config') };
  await writeFile(env.KUBECONFIG, cluster.config.exportConfig(), { mode: 0o600 });
  kova = await TestKova.keeping(env);
}, 120_000);
afterAll(async () => {
  await kova?.close();
  await cluster?.close();
  await rm(directory, { recursive: true, force: true });
});

const users = () => new Load(kova.control.edge, 'production.shop.localhost');
const pods = () => cluster.store.list('Pod', 'shop--production');
const names = () => pods().map(({ metadata }) => metadata.name);
/** As the pipeline does when it has built and pushed one. */
const putReleasesInImages = () =>
  inStore(
    kova.home,
    `create function in_image() returns trigger language plpgsql as $$ begin new.image := '${image}'; return new; end $$;
     create trigger in_image before insert on releases for each row execute function in_image();`,
  );

test('a release that is in no image is refused, and nothing is started', async () => {
  const ship = await kova.shipped({ text: 'none', more: inPods });
  expect(ship.deployments.map(({ phase, reason }) => [phase, reason])).toEqual([
    ['failed', expect.stringContaining('is in no image, and a cluster runs only images')],
  ]);
  expect(pods()).toEqual([]);
});

test('a commit becomes live in pods, and the edge answers with that release', async () => {
  await putReleasesInImages();
  const ship = await kova.shipped({ text: 'one', more: inPods });
  expect(ship.deployments.map(({ phase, reason }) => [phase, reason])).toEqual([['live', expect.any(String)]]);
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'one', release: ship.release });
  expect(pods()).toHaveLength(2);
  expect(pods()[0]?.spec.containers[0].image).toBe(image);
});

test('deploys and a rollback under load drop nothing', async () => {
  const load = users();
  for (const text of ['two', 'three']) await kova.shipped({ text, more: inPods });
  const ended = await kova.ended(await kova.act('rollback'));
  const seen = await load.stop();
  expect(ended.phase).toBe('live');
  expect({ dropped: seen.dropped, errors: seen.errors }).toEqual({ dropped: [], errors: 0 });
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'two' });
});

test('a pod that is moved away is replaced in the route, and drops nothing', async () => {
  const load = users();
  const before = (await kova.environment()).instances.map(({ address }) => address);
  const [pod] = pods();
  cluster.deletePod(pod!);
  await kova.until(
    () => kova.environment(),
    ({ instances }) =>
      instances.every(({ state }) => state === 'ready') && instances.some(({ address }) => !before.includes(address)),
  );
  const seen = await load.stop();
  expect({ dropped: seen.dropped, errors: seen.errors }).toEqual({ dropped: [], errors: 0 });
});

test('a kill -9 of the control plane, and an API server that is away, drop nothing; the pods are adopted', async () => {
  const before = names();
  const load = users();
  cluster.api.refuse(true);
  await sleep(3000);
  cluster.api.refuse(false);
  kova.killControl();
  await kova.up();
  const { instances } = await kova.environment();
  expect(instances.every(({ state }) => state === 'ready')).toBe(true);
  expect(names().sort()).toEqual(before.sort());
  const seen = await load.stop();
  expect({ dropped: seen.dropped, errors: seen.errors }).toEqual({ dropped: [], errors: 0 });
});
