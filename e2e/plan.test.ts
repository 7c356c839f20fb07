import type { PlanView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  await kova.shipped({ text: 'base' });
});
afterAll(() => kova.close());

const production = (keys: string) => ({ text: 'base', environments: `{ production: { stability: '1s', ${keys} } }` });

async function plan(commit: string): Promise<PlanView> {
  return kova.call<PlanView>('POST', '/v1/projects/shop/plan', { commit });
}

test('a plan says what would change and changes nothing; the value of a variable is never told', async () => {
  const commit = await kova.send(
    production("instances: 3, hosts: ['shop.example'], env: { API_URL: 'http://very-private' }"),
  );
  const before = await kova.environment();
  const view = await plan(commit);
  expect(view.environments).toMatchObject([{ name: 'production', deed: 'deployment', drift: [], atWork: null }]);
  expect(view.environments[0]!.changes.map(({ path, before, after, way }) => [path, before, after, way])).toEqual([
    ['env.API_URL', null, '(not shown)', 'deployment'],
    ['hosts', '[]', '["shop.example"]', 'direct'],
    ['instances', '2', '3', 'deployment'],
    ['stability', '2 s', '1 s', 'direct'],
  ]);
  expect(JSON.stringify(view)).not.toContain('very-private');
  expect(await kova.environment()).toEqual(before);
});
