import { openTestSwarm, type TestSwarm } from '@kova/control/testing/swarm';
import { TestKova } from '../../../e2e/testing/kova.ts';
import { releaseWithImage } from '../../../e2e/testing/swarm-release.ts';

/** A Kova that deploys to a swarm of three machines, and releases of the shop in images. */
export interface SwarmShop {
  kova: TestKova;
  swarm: TestSwarm;
  releases: readonly [string, ...string[]];
  /** Deploys the release and resolves with when it was asked for and the deployment's id, live. */
  deploy(release: string): Promise<{ asked: number; id: string }>;
  close(): Promise<void>;
}

/** Long enough that requests are in flight on each machine at any moment. */
const delayMs = 50;

export async function openSwarmShop(count: number): Promise<SwarmShop> {
  const swarm = await openTestSwarm(3);
  const env = { DOCKER_HOST: swarm.nodes[0].host, KOVA_DOCKER_IMAGE: swarm.images[0] };
  const kova = await TestKova.keeping(env);
  const close = async () => {
    await kova.close();
    await swarm.close();
  };
  try {
    const release = (number: number) => releaseWithImage(kova, swarm, { text: `release ${number}`, delayMs });
    const releases: [string, ...string[]] = [await release(0)];
    for (let number = 1; number < count; number += 1) releases.push(await release(number));
    return { kova, swarm, releases, close, deploy: (wanted) => deploy(kova, wanted) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function deploy(kova: TestKova, release: string): Promise<{ asked: number; id: string }> {
  const asked = Date.now();
  const id = await kova.act('deployments', { release });
  const { phase, reason } = await kova.ended(id);
  if (phase !== 'live') throw new Error(`${release} is ${phase}: ${reason}`);
  return { asked, id };
}
