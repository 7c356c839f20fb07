import type { TestSwarm } from '@kova/control/testing/swarm';
import { inStore } from '../../../e2e/testing/books.ts';
import type { TestKova } from '../../../e2e/testing/kova.ts';
import { openSwarmKova } from '../../../e2e/testing/swarm-app.ts';
import type { DeployShop } from './deploys.ts';

/** A Kova that deploys to a swarm of three machines. */
export interface SwarmShop extends DeployShop {
  swarm: TestSwarm;
  close(): Promise<void>;
}

/** Long enough that requests are in flight on each machine at any moment. */
const delayMs = 50;
const environments = `{ production: { stability: '2s', instances: 3, deploy: 'manual', standby: '1h' } }`;

export async function openSwarmShop(count: number): Promise<SwarmShop> {
  const { kova, swarm, shipped, close } = await openSwarmKova();
  const release = async (number: number) => {
    const { release: id, error } = await shipped({ text: `release ${number}`, delayMs, environments });
    if (id === null) throw new Error(`no release: ${error?.message}`);
    return id;
  };
  try {
    const releases: [string, ...string[]] = [await release(0)];
    for (let number = 1; number < count; number += 1) releases.push(await release(number));
    return {
      ...{ kova, swarm, releases, close, manager: swarm.nodes[0].engine },
      deploy: (wanted) => deploy(kova, wanted),
      imageOf: (wanted) => imageOf(kova, wanted),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

export async function deploy(kova: TestKova, release: string): Promise<{ asked: number; id: string }> {
  const asked = Date.now();
  const id = await kova.act('deployments', { release });
  const { phase, reason } = await kova.ended(id);
  if (phase !== 'live') throw new Error(`${release} is ${phase}: ${reason}`);
  return { asked, id };
}

export async function imageOf(kova: TestKova, release: string): Promise<string> {
  const [row] = await inStore(kova.home, `select image from releases where id = '${release}'`);
  return String(row?.image);
}
