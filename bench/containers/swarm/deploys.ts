import type { TestEngine } from '@kova/control/testing/docker-engine';
import type { TestKova } from '../../../e2e/testing/kova.ts';
import { beside, type Figure } from '../../result.ts';
import { lastAnswer, story } from '../../ship/moments.ts';
import { loadOn } from '../../ship/rollbacks.ts';
import { PeerService } from './update.ts';

const peerName = 'docker service update --update-order start-first';

/** A Kova with releases of the shop in images, three instances each. */
export interface DeployShop {
  kova: TestKova;
  releases: readonly [string, ...string[]];
  /** Deploys the release and resolves with when it was asked for and the deployment's id, live. */
  deploy(release: string): Promise<{ asked: number; id: string }>;
  /** A manager of the swarm that is measured beside it. */
  manager: TestEngine['engine'];
  /** As that swarm takes it. */
  imageOf(release: string): Promise<string>;
}

/**
 * Deploys and rollbacks by Kova beside updates of a service by the swarm itself, on the same images and machines.
 * @param name of the figures: `containers` for Kova with Docker, `containers.swarm` for Kova with the swarm
 */
export async function deploys(shop: DeployShop, name: string): Promise<Figure[]> {
  const [first, ...others] = shop.releases;
  const runs = others.length;
  await shop.deploy(first);
  const own = [];
  for (const release of others) own.push(await deployAndRollBack(shop, release));
  const peer = await measurePeer(shop, runs);
  const moved = Math.round(median(peer.updates.map(({ movedMs }) => movedMs)));
  const live = Math.round(median(own.map(({ liveMs }) => liveMs)));
  return [
    beside(
      `${name}.deploy.vs_swarm_update`,
      median(own.map(({ deployMs }) => deployMs)),
      peerName,
      median(peer.updates.map(({ doneMs }) => doneMs)),
      'x',
      runs,
      `ms; request until all users are on the new release, which was checked before; live ${live} ms after the request, ` +
        `with a window of 2 s. The swarm: until it says completed; its last task was replaced after ${moved} ms`,
    ),
    beside(
      `${name}.rollback.vs_swarm`,
      median(own.map(({ rollbackMs }) => rollbackMs)),
      'docker service update that fails and is rolled back',
      median(peer.rollbacks),
      'x',
      runs,
      'ms; request until the last answer of the release that is left, the standby warm',
    ),
  ];
}

async function deployAndRollBack(shop: DeployShop, release: string) {
  const { kova } = shop;
  const { asked, id } = await shop.deploy(release);
  const phases = await story(kova, id);
  const shifted = phases.find(({ phase }) => phase === 'stabilizing')?.at ?? '';
  const live = phases.find(({ phase }) => phase === 'live')?.at ?? '';
  const load = await loadOn(kova, release);
  const undone = Date.now();
  await kova.ended(await kova.act('rollback'));
  const rollbackMs = lastAnswer(await load.stop(), release) - undone;
  return { deployMs: Date.parse(shifted) - asked, liveMs: Date.parse(live) - asked, rollbackMs };
}

async function measurePeer({ manager, imageOf, releases: [one, two = one] }: DeployShop, runs: number) {
  const [first, second] = [await imageOf(one), await imageOf(two)];
  const service = await PeerService.start(manager, first);
  const updates = [];
  const rollbacks = [];
  for (let run = 0; run < runs; run += 1) {
    updates.push(await service.update(first, second));
    rollbacks.push(await service.failAndRollBack(second));
    await service.update(second, first);
  }
  await service.remove();
  return { updates, rollbacks };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
