import type { TestKova } from '../../e2e/testing/kova.ts';
import { Load } from '../../e2e/testing/load.ts';
import { type Figure, figure } from '../result.ts';

interface Event {
  phase: string;
  at: string;
}

/** From the first user on the bad release (14 % of its answers are 500) to the decision, with the default rules. */
export async function detection(kova: TestKova, runs: number): Promise<Figure[]> {
  const times: number[] = [];
  const rates: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const load = new Load(kova.control.edge, 'production.shop.localhost', 4, 16);
    const began = performance.now();
    const environments = `{ production: { stability: '60s', instances: 2 } }`;
    const ship = await kova.shipped({ text: `failing ${run}`, failing: 0.14, environments });
    rates.push((load.seen.requests / (performance.now() - began)) * 1000);
    await load.stop();
    const [deployment] = ship.deployments;
    const decided = (await phasesOf(kova, deployment?.id ?? '')).find(({ phase }) => phase === 'reverting');
    if (decided && deployment?.trafficAt) times.push(Date.parse(decided.at) - Date.parse(deployment.trafficAt));
  }
  const rate = Math.round(rates.reduce((sum, each) => sum + each, 0) / rates.length);
  return [figure('ship.detect_ms', Math.max(...times), 'ms', times.length, `worst of ${runs}, at ${rate} req/s`)];
}

async function phasesOf(kova: TestKova, id: string): Promise<Event[]> {
  const token = kova.token();
  const answer = await fetch(`${kova.control.url}/v1/deployments/${id}/events`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('data: '));
  return lines.map((line) => JSON.parse(line.slice(6)) as Event);
}
