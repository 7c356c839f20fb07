import { setTimeout as pause } from 'node:timers/promises';
import { deploySeries } from '../../../e2e/testing/deploy-series.ts';
import { Load } from '../../../e2e/testing/load.ts';
import { type Figure, figure } from '../../result.ts';
import { openSwarmShop } from './shop.ts';

const users = 9;
const cutMs = 8000;

/** Deployments one after the other, while the leader is cut off for a while and later a machine is lost for good. */
export async function deploysInLosses(wanted: number): Promise<Figure[]> {
  const shop = await openSwarmShop(3);
  const { kova, swarm, releases } = shop;
  const [leader] = swarm.nodes;
  const cut = async () => {
    await leader.plug(false);
    await pause(cutMs);
    await leader.plug(true);
  };
  const faults = new Map([
    [Math.floor(wanted / 4), cut],
    [Math.floor(wanted / 2), async () => swarm.nodes.at(-1)?.kill()],
  ]);
  try {
    await shop.deploy(releases[0]);
    const order = Array.from({ length: wanted }, (_, number) => releases[(number + 1) % releases.length] ?? '');
    const load = new Load(kova.control.edge, 'production.shop.localhost', users, 5);
    const { done, lost, doubled, saw } = await deploySeries(kova, order, (number) => faults.get(number)?.());
    const { dropped, errors, requests } = await load.stop();
    const seen = saw.join() === [releases[0], ...order].join() ? 'in that order' : `in another order: ${saw.join(' ')}`;
    const failed = dropped.length + errors;
    return [
      figure(
        'containers.node_loss.deploys',
        done,
        `of ${wanted}`,
        1,
        `live once each; lost: ${lost.join('; ') || 'none'}, doubled: ${doubled.join(', ') || 'none'}; users saw them ${seen}; ` +
          `${failed} of ${requests} requests failed; leader cut off for ${cutMs} ms, then a machine killed`,
      ),
    ];
  } finally {
    await shop.close();
  }
}
