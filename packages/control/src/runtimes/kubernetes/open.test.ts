import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '@kova/core/errors/kova-error';
import { expect, onTestFinished, test } from 'vitest';
import { homeAt } from '../../home/home.ts';
import { openRuntimes } from '../open.ts';
import { clusterFile } from '../places.ts';
import { fixtureImage, openTrial } from './testing/trial.ts';

const slot = 'shop/production/blue';

/** A home whose KUBECONFIG leads to a stand-in cluster. */
async function openHome() {
  const trial = await openTrial();
  const root = await mkdtemp(join(tmpdir(), 'kova-cluster-home-'));
  const home = homeAt(root);
  for (const directory of [home.slots, home.logs]) await mkdir(directory, { recursive: true });
  const kubeconfig = join(root, 'kubeconfig');
  await writeFile(kubeconfig, trial.cluster.config.exportConfig(), { mode: 0o600 });
  const open = async () => {
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    const runtimes = await openRuntimes({
      home,
      as: null,
      identityOf: () => null,
      onEvent: () => {},
      credentialsOf: async () => null,
      env,
    });
    onTestFinished(() => runtimes.close());
    return runtimes;
  };
  return { ...trial, home, open };
}

test('a slot that asks for a cluster runs there, and is found there again after a restart', async () => {
  const { open, spec, home, cluster } = await openHome();
  const first = await open();
  expect(existsSync(clusterFile(home))).toBe(false);
  const limits = { memory: 256 * 1024 ** 2, cpus: 0.5, processes: null };
  await first.start(spec('good', { runtime: 'kubernetes', image: fixtureImage, limits }));
  expect(await first.awaitReady(slot, 20_000)).toMatchObject({ outcome: 'pass' });
  const [container] = cluster.store.get('Deployment', 'shop--production', 'app-blue').spec.template.spec.containers;
  expect(container.image).toBe(fixtureImage);
  expect(container.resources).toEqual({
    requests: { cpu: '100m', memory: '268435456' },
    limits: { cpu: '500m', memory: '268435456' },
  });
  const before = await first.instances(slot);
  first.close();

  const second = await open();
  expect(await second.instances(slot)).toEqual(before);
  expect((await second.slots()).map(({ runtime, image }) => ({ runtime, image }))).toEqual([
    { runtime: 'kubernetes', image: fixtureImage },
  ]);
  await second.stop(slot);
  expect(cluster.store.list('Pod')).toEqual([]);
});

test('a release that is in no image is refused before anything is made', async () => {
  const { open, spec, cluster } = await openHome();
  const runtime = await open();
  const refusal = await runtime.start(spec('good', { runtime: 'kubernetes' })).catch((error: unknown) => error);
  expect(hasCode(refusal, 'IMAGE_UNUSABLE')).toBe(true);
  expect(cluster.store.all()).toEqual([]);
});
