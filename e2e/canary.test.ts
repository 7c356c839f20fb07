import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';
import { Visitors } from './testing/visitors.ts';

let kova: TestKova;
let good: string;
beforeAll(async () => {
  kova = await TestKova.start();
  good = (await kova.shipped({ text: 'good' })).release!;
});
afterAll(() => kova.close());

const host = 'production.shop.localhost';
const canary = (analysis: string, every = '2s') => `{ production: {
  instances: 2, stability: '2s', strategy: canary({ steps: [10, 50], every: '${every}' }), analysis: { minRequests: 10, rules: [${analysis}] },
} }`;
const strict = canary(`{ signal: 'error-rate', above: 0.05, for: '1s' }`);

/** Asks for the weight of the slot that is not live, until the ship has ended; each change once. */
async function weightsDuring(ship: string, onChange: (weight: number) => void = () => undefined): Promise<number[]> {
  const colour = (await kova.environment()).live!.colour === 'blue' ? 'green' : 'blue';
  const seen: number[] = [];
  await kova.until(
    async () => {
      const { weights } = await kova.environment();
      if (seen.at(-1) !== weights[colour]) onChange(weights[colour]);
      if (seen.at(-1) !== weights[colour]) seen.push(weights[colour]);
      return kova.call<{ state: string }>('GET', `/v1/ships/${ship}`);
    },
    ({ state }) => state === 'done' || state === 'failed',
  );
  return seen;
}

test('a canary takes 10, then 50, then all new visitors, and nobody is moved to and fro', async () => {
  const newcomers = new Load(kova.control.edge, host);
  const { ship, commit } = await kova.ship({ text: 'better', environments: strict });
  const better = `rel_${commit.slice(0, 10)}`;
  const regulars: Visitors[] = [];
  const counts: Array<{ all: number; better: number }> = [];
  const weights = await weightsDuring(ship, (weight) => {
    const count = (release: string) => newcomers.seen.releases.get(release)?.count ?? 0;
    counts.push({ all: count(good) + count(better), better: count(better) });
    if (weight === 10 || weight === 50) regulars.push(new Visitors(kova.control.edge, host, 20));
  });
  const seen = await newcomers.stop();
  const people = (await Promise.all(regulars.map((each) => each.stop()))).flat();
  expect(weights).toEqual([0, 10, 50, 100]);
  const share = (step: number) =>
    (counts[step + 1]!.better - counts[step]!.better) / (counts[step + 1]!.all - counts[step]!.all);
  expect(share(1)).toBeCloseTo(0.1, 1);
  expect(share(2)).toBeCloseTo(0.5, 1);
  expect(people).toHaveLength(40);
  for (const { releases } of people) expect([[good, better], [better]]).toContainEqual(releases);
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  expect((await kova.get()).release).toBe(better);
  good = better;
});

test('a bad release is caught at the first step, and one in ten visitors was hurt at most', async () => {
  const newcomers = new Load(kova.control.edge, host);
  const { ship } = await kova.ship({ text: 'bad', failing: 0.5, environments: strict });
  const regulars: Visitors[] = [];
  const weights = await weightsDuring(ship, (weight) => {
    if (weight === 10) regulars.push(new Visitors(kova.control.edge, host, 40));
  });
  const seen = await newcomers.stop();
  const people = await regulars[0]!.stop();
  expect(weights).toEqual([0, 10, 0]);
  const { inFlight, live, held } = await kova.environment();
  expect({ inFlight, live: live!.release }).toEqual({ inFlight: null, live: good });
  expect(held[0]!.reason).toMatch(/^rolled back: 5xx \d+(\.\d)? % > 5 % for 1 s on /);
  expect(people.filter(({ errors }) => errors > 0).length).toBeLessThanOrEqual(5);
  expect(people.filter(({ releases }) => releases.at(-1) !== good)).toEqual([]);
  expect(seen.errors).toBeGreaterThan(0);
  expect(seen.errors / seen.requests).toBeLessThan(0.1);
  expect(seen.dropped).toEqual([]);
});

test('a slow release is caught by the comparison with the live one', async () => {
  const newcomers = new Load(kova.control.edge, host);
  const environments = canary(`{ signal: 'p95-vs-baseline', factor: 3, floorMs: 100, for: '2s' }`, '10s');
  const { ship } = await kova.ship({ text: 'slow', delayMs: 400, environments });
  const weights = await weightsDuring(ship);
  const seen = await newcomers.stop();
  expect(weights).toEqual([0, 10, 0]);
  expect((await kova.environment()).held.map(({ reason }) => reason)).toContainEqual(
    expect.stringMatching(/^rolled back: p95 4\d\d ms > \d+ ms \(baseline [\d.]+ ms\) for 2 s on /),
  );
  expect(seen.dropped).toEqual([]);
  expect((await kova.get()).release).toBe(good);
});

// https://github.com/argoproj/argo-rollouts/issues/1292
test('an abort in mid-canary goes back, and the live instances are the same as before', async () => {
  const before = await kova.environment();
  const newcomers = new Load(kova.control.edge, host);
  const { ship, commit } = await kova.ship({
    text: 'unwanted',
    environments: canary(`{ signal: 'restarts', above: 0 }`, '60s'),
  });
  const during = await kova.until(
    () => kova.environment(),
    ({ weights }) => weights.blue > 0 && weights.green > 0,
  );
  expect(during.inFlight!.reason).toMatch(/^10 % on (blue|green)$/);
  await kova.act('abort', { by: 'ada' });
  expect(await kova.ended(during.inFlight!.id)).toMatchObject({
    phase: 'rolled-back',
    reason: expect.stringContaining('aborted by ada'),
  });
  const after = await kova.until(
    () => kova.environment(),
    ({ instances }) => instances.length === 2,
  );
  const seen = await newcomers.stop();
  expect(after.instances.map(({ pid }) => pid)).toEqual(
    before.instances.filter(({ release }) => release === good).map(({ pid }) => pid),
  );
  expect(seen.dropped).toEqual([]);
  expect(seen.releases.has(`rel_${commit.slice(0, 10)}`)).toBe(true);
  expect((await kova.get()).release).toBe(good);
  expect(ship).toContain('ship_');
});
