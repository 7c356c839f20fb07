import { setTimeout as pause } from 'node:timers/promises';
import { Load } from '../../../e2e/testing/load.ts';
import { type Figure, figure } from '../../result.ts';
import type { SwarmShop } from './shop.ts';

const users = 9;
const settleMs = 1000;
const cutMs = 8000;

/** What users lose when the leader is cut off, and when a machine is lost; three instances, one on each machine. */
export async function losses(shop: SwarmShop): Promise<Figure[]> {
  const { live } = await shop.kova.environment();
  if (!live) await shop.deploy(shop.releases[0]);
  await spread(shop);
  return [...(await leaderCut(shop)), ...(await nodeLost(shop))];
}

async function leaderCut({ kova, swarm: { nodes } }: SwarmShop): Promise<Figure[]> {
  const load = new Load(kova.control.edge, 'production.shop.localhost', users, 5);
  await pause(settleMs);
  const [leader] = nodes;
  await leader.plug(false);
  await pause(cutMs);
  await leader.plug(true);
  await pause(settleMs);
  const { dropped, errors, requests } = await load.stop();
  const failed = dropped.length + errors;
  return [
    figure(
      'containers.leader_cut.extra_failed',
      Math.max(0, failed - users),
      '',
      1,
      `${failed} of ${requests} failed while the leader's cable was out for ${cutMs} ms; ${users} users with one request each`,
    ),
  ];
}

async function nodeLost(shop: SwarmShop): Promise<Figure[]> {
  const { kova, swarm } = shop;
  // Tasks of its own: some of those before may be on their way away from the leader that was cut off.
  const { live } = await kova.environment();
  await kova.ended(await kova.act('deployments', { release: live?.release, force: true }));
  await spread(shop);
  const load = new Load(kova.control.edge, 'production.shop.localhost', users, 5);
  await pause(settleMs);
  const lost = swarm.nodes.at(-1);
  const began = performance.now();
  await lost?.kill();
  await kova.until(
    () => machines(shop),
    (found) => found.length === 3 && !found.includes(lost?.address),
  );
  const recoverMs = performance.now() - began;
  const { dropped, errors, requests } = await load.stop();
  const failed = dropped.length + errors;
  return [
    figure(
      'containers.node_loss.extra_failed',
      Math.max(0, failed - Math.ceil(users / 3)),
      '',
      1,
      `${failed} of ${requests} failed; ${users} users with one request each, a third of them on the machine that was killed`,
    ),
    figure(
      'containers.node_loss.recover_ms',
      recoverMs,
      'ms',
      1,
      'until all three instances are ready on the other machines; heartbeats of 2 s',
    ),
  ];
}

/** Of the slot that is live: the standby may have the same release. */
async function machines({ kova }: SwarmShop): Promise<(string | undefined)[]> {
  const { live, instances } = await kova.environment();
  const ready = instances.filter(({ id, state }) => id.includes(`/${live?.colour}/`) && state === 'ready');
  return ready.map(({ address }) => address.split(':')[0]);
}

/** Waits until there is an instance on each machine. */
async function spread(shop: SwarmShop): Promise<void> {
  await shop.kova.until(
    () => machines(shop),
    (found) => new Set(found).size === 3,
  );
}
