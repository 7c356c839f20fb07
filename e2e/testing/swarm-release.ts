import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pushImage, type TestSwarm } from '@kova/control/testing/swarm';
import type { AppVersion } from './app.ts';
import { inStore } from './books.ts';
import type { TestKova } from './kova.ts';

/** On three machines, an instance each; deployed by hand, since the image is made in between. */
export const onThreeMachines = {
  environments: `{ production: { stability: '2s', instances: 3, deploy: 'manual', standby: '1h' } }`,
  app: `health: { path: '/health', deadline: '60s' },`,
  more: `runtime: 'swarm',`,
};

/** Ships a version up to its release, and gives that an image which the machines of the swarm can pull. */
export async function releaseWithImage(kova: TestKova, swarm: TestSwarm, version: AppVersion): Promise<string> {
  const release = await releaseWithout(kova, version);
  await inStore(
    kova.home,
    `update releases set image = '${await imageOf(kova.repository, swarm, release)}' where id = '${release}'`,
  );
  return release;
}

export async function releaseWithout(kova: TestKova, version: AppVersion): Promise<string> {
  const { release, error } = await kova.shipped({ ...onThreeMachines, ...version });
  if (!release) throw new Error(`no release: ${error?.message}`);
  return release;
}

/** Builds what is in the repository upon the first image of the swarm, and pushes it. */
export async function imageOf(
  repository: string,
  { nodes: [{ engine }], images, registry }: TestSwarm,
  release: string,
): Promise<string> {
  const dockerfile = [`FROM ${images[0]}`, 'WORKDIR /app', 'COPY . .', 'USER 1000', ''].join('\n');
  await writeFile(join(repository, 'Dockerfile'), dockerfile);
  const src = (await readdir(repository)).filter((name) => name !== '.git');
  const name = `shop:${release}`;
  const progress = await engine.buildImage({ context: repository, src }, { t: name });
  await new Promise<void>((resolve, reject) =>
    engine.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
  );
  return pushImage(engine, name, registry.address);
}
