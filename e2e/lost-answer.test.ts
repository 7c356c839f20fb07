import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
let first: string;
beforeAll(async () => {
  kova = await TestKova.start();
  first = (await kova.shipped({ text: 'first' })).release!;
});
afterAll(() => kova.close());

async function crashingAt(point: string, ask: () => Promise<unknown>): Promise<void> {
  kova.killControl();
  await kova.up({ KOVA_CRASH_AT: point });
  await expect(ask()).rejects.toThrow('fetch failed');
  await kova.up();
}

async function becomesLive(release: string): Promise<void> {
  const { queued } = await kova.until(
    () => kova.environment(),
    ({ live, inFlight }) => live?.release === release && inFlight === null,
  );
  expect(queued).toEqual([]);
  expect((await kova.get()).release).toBe(release);
}

// https://github.com/Dokploy/dokploy/issues/2670
test('kill -9 between the record of a ship and its start: it is carried out, not left as building for ever', async () => {
  await crashingAt('ship:recorded', () => kova.ship({ text: 'second' }));
  const head = execFileSync('git', ['-C', kova.repository, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
  await becomesLive(`rel_${head.slice(0, 10)}`);
});

test('kill -9 between the record of a rollback and its start: it is carried out, not left queued for ever', async () => {
  await crashingAt('deployment:recorded', () => kova.act('rollback'));
  await becomesLive(first);
});

test('a rollback that is asked for twice is one rollback, and its target stays healthy', async () => {
  const { release } = await kova.shipped({ text: 'third' });
  await kova.shipped({ text: 'fourth' });
  const id = await kova.act('rollback');
  expect(await kova.act('rollback')).toBe(id);
  await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.phase === 'stabilizing',
  );
  expect(await kova.act('rollback')).toBe(id);
  expect(await kova.ended(id)).toMatchObject({ phase: 'live', health: 'healthy', release });
});
