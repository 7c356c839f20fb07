import type { Figure } from '../../result.ts';
import { deploys } from './deploys.ts';
import { losses } from './losses.ts';
import { openSwarmShop } from './shop.ts';

/** Kova on a swarm of three machines, beside the swarm's own updates. */
export async function swarm(quick: boolean): Promise<Figure[]> {
  const shop = await openSwarmShop(quick ? 2 : 4);
  try {
    return [...(await deploys(shop, 'containers.swarm')), ...(await losses(shop))];
  } finally {
    await shop.close();
  }
}
