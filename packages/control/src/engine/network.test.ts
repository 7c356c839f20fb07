import { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestEngine, type TestEngine } from '../testing/docker-engine.ts';
import { engineCall } from './explain.ts';
import { homeMark, placeLabels } from './labels.ts';
import { ensureNetwork, networkName } from './network.ts';

const place = { home: homeMark(new Secret('a home')), project: 'shop', environment: 'production' };
let testing: TestEngine;
beforeAll(async () => {
  testing = await openTestEngine([]);
});
afterAll(() => testing?.close());

test('an environment has one network, however often it is asked for at once', async () => {
  const { engine } = testing;
  const made = await Promise.all([1, 2, 3].map(() => ensureNetwork(engine, place)));
  expect(new Set(made.map(({ Id }) => Id)).size).toBe(1);
  expect(made[0]?.Labels).toEqual(placeLabels(place));
});

test("what a crash left behind while a range was drawn is in nobody's way", async () => {
  const { engine } = testing;
  const other = { ...place, environment: 'pre-production' };
  await engine.createNetwork({ Name: `${networkName(other)}.draw` });
  expect((await ensureNetwork(engine, other)).Name).toBe(networkName(other));
  expect(await engine.listNetworks({ filters: { name: [`${networkName(other)}.draw`] } })).toEqual([]);
});

test('a network of that name which is not of this home is refused', async () => {
  const { engine } = testing;
  const other = { ...place, environment: 'staging' };
  await engine.createNetwork({ Name: networkName(other) });
  await expect(ensureNetwork(engine, other)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('an engine that is away is named as such, and answers again when it is back', async () => {
  const { engine, daemon } = testing;
  await daemon.stop();
  await expect(ensureNetwork(engine, place)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  await daemon.start();
  expect((await ensureNetwork(engine, place)).Name).toBe(networkName(place));
});

test('what the engine refuses is told in its own words', async () => {
  const call = () => testing.engine.getContainer('nobody').start();
  await expect(engineCall('starting nobody', call)).rejects.toMatchObject({
    code: 'ENGINE_FAILED',
    message: expect.stringMatching(/^starting nobody: No such container/),
  });
});
