import type { TestKova } from '../../e2e/testing/kova.ts';
import { Load } from '../../e2e/testing/load.ts';
import { type Figure, figure } from '../result.ts';
import { decidedAt, lastAnswer, story } from './moments.ts';

const host = 'production.shop.localhost';
const settled = `{ production: { stability: '500ms', instances: 2 } }`;
const watched = `{ production: { stability: '60s', instances: 2 } }`;

interface Reverted {
  fromDecision: number;
  fromRequest: number;
}

/** How long users are answered by a release after it was decided to leave it, while the earlier one is warm. */
export async function rollbacks(kova: TestKova, runs: number): Promise<Figure[]> {
  await kova.shipped({ text: 'good', environments: settled });
  const reverted: Reverted[] = [];
  const byHand: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    reverted.push(await abortWhileWatched(kova, run));
    byHand.push(await rollBackByHand(kova, run));
  }
  const fromRequest = Math.round(Math.max(...reverted.map((each) => each.fromRequest)));
  return [
    figure(
      'ship.rollback.warm_ms',
      Math.max(...reverted.map((each) => each.fromDecision)),
      'ms',
      runs,
      `worst; recorded decision to the last answer of the release that is taken back; ${fromRequest} ms from the request to abort`,
    ),
    figure(
      'ship.rollback.by_hand_ms',
      Math.max(...byHand),
      'ms',
      runs,
      'worst; request to the last answer of the live release that is left: queue, checks and switch, the standby warm',
    ),
  ];
}

/** Aborts a deployment in its stability window: the path of a breach, at a moment that is chosen. */
async function abortWhileWatched(kova: TestKova, run: number): Promise<Reverted> {
  const { ship } = await kova.ship({ text: `aborted ${run}`, environments: watched });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    (now) => now.inFlight?.phase === 'stabilizing',
  );
  const { id = '', release = '' } = inFlight ?? {};
  const load = await loadOn(kova, release);
  const asked = Date.now();
  await kova.act('abort');
  await kova.ended(id);
  const last = lastAnswer(await load.stop(), release);
  await kova.until(
    () => kova.call<{ state: string }>('GET', `/v1/ships/${ship}`),
    ({ state }) => state === 'failed',
  );
  return { fromDecision: Math.max(0, last - (await decidedAt(kova, id))), fromRequest: last - asked };
}

async function rollBackByHand(kova: TestKova, run: number): Promise<number> {
  const { release } = await kova.shipped({ text: `undone ${run}`, environments: settled });
  const load = await loadOn(kova, release ?? '');
  const asked = Date.now();
  const id = await kova.act('rollback');
  await kova.ended(id);
  const last = lastAnswer(await load.stop(), release ?? '');
  if (!(await story(kova, id)).some(({ reason }) => reason === 'the standby is warm'))
    throw new Error(`the standby was not warm for ${id}`);
  return last - asked;
}

/** Load under which the release answers already. */
export async function loadOn(kova: TestKova, release: string): Promise<Load> {
  const load = new Load(kova.control.edge, host, 8, 5);
  await kova.until(
    async () => load.seen.releases.has(release),
    (seen) => seen,
  );
  return load;
}
