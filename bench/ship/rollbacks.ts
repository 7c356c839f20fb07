import type { TestKova } from '../../e2e/testing/kova.ts';
import { Load } from '../../e2e/testing/load.ts';
import { type Figure, figure } from '../result.ts';

const host = 'production.shop.localhost';

/** From the decision (the API's answer to `rollback`) to the last answer of the bad release that began after it. */
export async function rollbacks(kova: TestKova, runs: number): Promise<Figure[]> {
  await kova.shipped({ text: 'good' });
  const warm: number[] = [];
  for (let run = 0; run < runs; run += 1) warm.push(await warmRollback(kova, run));
  const note = 'asked for by hand on a live release, which includes queue, verification and the switch';
  return [
    figure(
      'ship.rollback.warm_ms',
      Math.max(...(await revertTimes(kova, runs))),
      'ms',
      runs,
      'worst; decision is the phase reverting',
    ),
    figure('ship.rollback.by_hand_ms', Math.max(...warm), 'ms', runs, `worst; ${note}`),
  ];
}

async function warmRollback(kova: TestKova, run: number): Promise<number> {
  const bad = (await kova.shipped({ text: `undone ${run}` })).release ?? '';
  const load = new Load(kova.control.edge, host, 8, 5);
  const asked = performance.now();
  const id = await kova.act('rollback');
  await kova.ended(id);
  const last = (await load.stop()).releases.get(bad)?.last ?? asked;
  return last - asked;
}

/** Aborts deployments in their stability window: the same path as a breach, with a moment that can be measured. */
async function revertTimes(kova: TestKova, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const { ship } = await kova.ship({
      text: `reverted ${run}`,
      environments: `{ production: { stability: '60s', instances: 2 } }`,
    });
    const { inFlight } = await kova.until(
      () => kova.environment(),
      (now) => now.inFlight?.phase === 'stabilizing',
    );
    const load = new Load(kova.control.edge, host, 8, 5);
    const asked = performance.now();
    await kova.act('abort');
    await kova.ended(inFlight?.id ?? '');
    const last = (await load.stop()).releases.get(inFlight?.release ?? '')?.last ?? asked;
    times.push(Math.max(0, last - asked));
    await kova.until(
      () => kova.call<{ state: string }>('GET', `/v1/ships/${ship}`),
      ({ state }) => state === 'failed',
    );
  }
  return times;
}
