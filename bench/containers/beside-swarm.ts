import { nodeBase, openTestEngine } from '@kova/control/testing/docker-engine';
import { freePort } from '../../e2e/testing/free-port.ts';
import { TestKova } from '../../e2e/testing/kova.ts';
import type { Figure } from '../result.ts';
import { deploys } from './swarm/deploys.ts';
import { deploy, imageOf } from './swarm/shop.ts';

const inImages = {
  environments: `{ production: { stability: '2s', instances: 3, deploy: 'manual', standby: '1h' } }`,
  app: `health: { path: '/health', deadline: '60s' },`,
  more: `runtime: 'docker', image: { base: '${nodeBase.name}' },`,
};

/** Kova on a Docker engine beside updates of a service by the swarm that the same engine is. */
export async function besideSwarm(runs: number): Promise<Figure[]> {
  const { engine, host, close } = await openTestEngine();
  const address = `127.0.0.1:${await freePort()}`;
  await engine.swarmInit({ ListenAddr: address, AdvertiseAddr: address });
  const kova = await TestKova.keeping({
    DOCKER_HOST: host,
    KOVA_DOCKER_IMAGE: nodeBase.name,
    KOVA_BUILD_NETWORK: 'host',
  });
  const release = async (number: number) => {
    const { release: id, error } = await kova.shipped({ ...inImages, text: `release ${number}` });
    if (id === null) throw new Error(`no release: ${error?.message}`);
    return id;
  };
  try {
    const releases: [string, ...string[]] = [await release(0)];
    for (let number = 1; number <= runs; number += 1) releases.push(await release(number));
    const shop = {
      ...{ kova, releases, manager: engine },
      deploy: (wanted: string) => deploy(kova, wanted),
      imageOf: async (wanted: string) => {
        await engine.getImage(await imageOf(kova, wanted)).tag({ repo: 'peer', tag: wanted });
        return `peer:${wanted}`;
      },
    };
    return await deploys(shop, 'containers');
  } finally {
    await kova.close();
    await close();
  }
}
