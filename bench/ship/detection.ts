import type { TestKova } from '../../e2e/testing/kova.ts';
import { Load } from '../../e2e/testing/load.ts';
import { type Figure, figure } from '../result.ts';
import { decidedAt, lastAnswer } from './moments.ts';

const environments = `{ production: { stability: '60s', instances: 2 } }`;

/**
 * A release of which 14 % of the answers are 500, under the default rules: until it is noticed, and until users are off
 * it.
 */
export async function detection(kova: TestKova, runs: number): Promise<Figure[]> {
  const detected: number[] = [];
  const left: number[] = [];
  const rates: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const load = new Load(kova.control.edge, 'production.shop.localhost', 6, 15);
    const began = performance.now();
    const { release, deployments } = await kova.shipped({ text: `failing ${run}`, failing: 0.14, environments });
    rates.push((load.seen.requests / (performance.now() - began)) * 1000);
    const last = lastAnswer(await load.stop(), release ?? '');
    const { id = '', trafficAt = null } = deployments[0] ?? {};
    const decided = await decidedAt(kova, id);
    detected.push(decided - Date.parse(trafficAt ?? ''));
    left.push(Math.max(0, last - decided));
  }
  const rate = `at ${Math.round(Math.min(...rates))} req/s or more`;
  return [
    figure('ship.detect_ms', Math.max(...detected), 'ms', runs, `worst; first traffic to the recorded breach, ${rate}`),
    figure(
      'ship.rollback.breach_ms',
      Math.max(...left),
      'ms',
      runs,
      'worst; recorded breach to the last answer of the bad release',
    ),
  ];
}
