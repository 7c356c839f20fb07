import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuntimeKind } from '@kova/core/config/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Home } from '../home/home.ts';
import { makeHome } from '../testing/home.ts';
import { writeRecord } from './docker/records.ts';
import { postgresWish, redisWish, wish } from './docker/testing/dock.ts';
import { refuseMove } from './moves.ts';

let home: Home;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ home, remove } = await makeHome());
  await mkdir(join(home.postgres, 'shop', 'processes', 'data'), { recursive: true });
  const record = { kind: 'postgres', project: 'shop', environment: 'containers', name: 'a-volume' } as const;
  await writeRecord(home.services, { ...record, address: '10.0.0.1:5432', socket: '/none' });
});
afterAll(() => remove());

const asked = (environment: string, runtime: RuntimeKind, services = postgresWish) =>
  refuseMove(home, { ...wish(services, environment), config: { runtime, services } });

test.each([
  ['processes', 'docker', 'postgres/shop/processes/data', "'process'"],
  ['containers', 'process', 'the volume a-volume', "'docker'"],
  ['containers', 'kubernetes', 'the volume a-volume', "'docker'"],
] as const)(
  'with a database in %s a release with runtime %s is refused, with its place',
  async (where, runtime, place, set) => {
    await expect(asked(where, runtime)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(place),
      next: expect.stringContaining(set),
    });
  },
);

test('where the data are, where there are none, and without a database nothing is refused', async () => {
  await asked('processes', 'process');
  await asked('processes', 'kubernetes');
  await asked('containers', 'docker');
  await asked('elsewhere', 'docker');
  await asked('processes', 'docker', redisWish);
});
