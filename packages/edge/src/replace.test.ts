import { afterEach, expect, test } from 'vitest';
import { ensureEdge, stopEdge } from './launch.ts';
import { cleanUp, routeOf, slotOf, startApp, startTestEdge } from './testing/harness.ts';
import { ask, type Load, startLoad } from './testing/http.ts';

afterEach(cleanUp);

test('an edge that is replaced under load breaks off no request: it refuses connections for a moment', async () => {
  const app = await startApp('rel_1');
  const { admin, dir, port } = await startTestEdge();
  await admin.putRoute(routeOf(1, [slotOf('blue', 100, app)]));
  const kept = [startLoad(port, 8, true), startLoad(port, 8, true, '/slow?ms=50')];
  const fresh = startLoad(port, 4, false);
  const rounds = 5;
  for (let round = 0; round < rounds; round++) {
    await ask(port, '/slow?ms=200');
    await stopEdge(dir);
    await ensureEdge({ dir, listen: [`127.0.0.1:${port}`] });
  }
  for (const load of kept) expect(await broken(load)).toEqual([]);
  // The kernel resets what reaches it in the moment between the last look and the end of listening.
  expect((await broken(fresh)).length).toBeLessThanOrEqual(rounds);
}, 180_000);

test('an edge that knows no routes yet says so, for others to be asked', async () => {
  const { port } = await startTestEdge();
  expect(await ask(port)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
});

async function broken(load: Load): Promise<string[]> {
  const { sent, failures } = await load.stop();
  expect(sent - failures.length).toBeGreaterThan(100);
  return failures.filter((failure) => !failure.includes('ECONNREFUSED'));
}
