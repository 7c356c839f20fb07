import { setTimeout as delay } from 'node:timers/promises';
import type { ShipView } from '@kova/control/api';
import type { TestKova } from '../../e2e/testing/kova.ts';
import { Load } from '../../e2e/testing/load.ts';
import { type Figure, figure } from '../result.ts';

/** Kills the control plane (-9) at random instants of a ship, under load, and starts it again. */
export async function crashes(kova: TestKova, runs: number): Promise<Figure[]> {
  let dropped = 0;
  let unresolved = 0;
  for (let run = 0; run < runs; run += 1) {
    const load = new Load(kova.control.edge, 'production.shop.localhost');
    const { ship } = await kova.ship({ text: `crash ${run}` });
    await delay(Math.random() * 4000);
    kova.killControl();
    await kova.up();
    const ended = await kova
      .until(
        () => kova.call<ShipView>('GET', `/v1/ships/${ship}`),
        ({ state }) => state === 'done' || state === 'failed',
      )
      .catch(() => null);
    const live = (await kova.environment()).live?.release;
    if (!ended || (await kova.get()).release !== live || (ended.state === 'done' && live !== ended.release))
      unresolved += 1;
    const seen = await load.stop();
    dropped += seen.dropped.length + seen.errors;
  }
  return [
    figure(
      'ship.crash.dropped',
      dropped,
      'requests',
      runs,
      'random instants; the named crash points are in the test suite',
    ),
    figure('ship.crash.unresolved', unresolved, 'deployments', runs, 'ledger and edge compared after each'),
  ];
}
