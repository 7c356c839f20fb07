import { inStore } from '../../../e2e/testing/books.ts';
import { beside, type Figure } from '../../result.ts';
import { lastAnswer, story } from '../../ship/moments.ts';
import { loadOn } from '../../ship/rollbacks.ts';
import type { SwarmShop } from './shop.ts';
import { PeerService } from './update.ts';

const peerName = 'docker service update --update-order start-first';

/** Deploys and rollbacks by Kova beside updates of a service by the swarm itself, on the same images and machines. */
export async function deploys(shop: SwarmShop): Promise<Figure[]> {
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
      'containers.deploy.vs_swarm_update',
      median(own.map(({ deployMs }) => deployMs)),
      peerName,
      median(peer.updates.map(({ doneMs }) => doneMs)),
      'x',
      runs,
      `ms; request until all users are on the new release, which was checked before; live ${live} ms after the request, ` +
        `with a window of 2 s. The swarm: until it says completed; its last task was replaced after ${moved} ms`,
    ),
    beside(
      'containers.rollback.vs_swarm',
      median(own.map(({ rollbackMs }) => rollbackMs)),
      'docker service update that fails and is rolled back',
      median(peer.rollbacks),
      'x',
      runs,
      'ms; request until the last answer of the release that is left, the standby warm',
    ),
  ];
}

async function deployAndRollBack(shop: SwarmShop, release: string) {
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

async function measurePeer({ swarm, kova, releases: [one, two = one] }: SwarmShop, runs: number) {
  const [first, second] = [await imageOf(kova.home, one), await imageOf(kova.home, two)];
  const service = await PeerService.start(swarm, first);
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

async function imageOf(home: string, release: string): Promise<string> {
  const [row] = await inStore(home, `select image from releases where id = '${release}'`);
  return String(row?.image);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
