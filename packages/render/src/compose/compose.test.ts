import { nextjs, node, postgres, redis } from '@kova/core/config/define';
import { parseConfig } from '@kova/core/config/parse';
import type { ConfigInput } from '@kova/core/config/schema';
import { expect, test } from 'vitest';
import { composeSuite } from './suite.ts';

const cases: Record<string, ConfigInput> = {
  storefront: {
    name: 'storefront',
    app: nextjs(),
    services: { postgres: postgres(), redis: redis({ optional: true }) },
    database: { migrate: 'npm run db:migrate' },
  },
  minimal: { name: 'hello', app: node({ start: 'node server.js', install: null }) },
  odd: {
    name: 'odd',
    app: { start: ['./server', '$X'], health: { path: '/"; $HOME\'#', deadline: '90s' }, install: 'make deps' },
    services: { cache: redis({ url: 'redis://:pa$s@cache.example.com:6379' }), database: postgres() },
    database: { migrate: ['sh', '-c', 'echo "$DATABASE_URL: yes"\n'] },
    environments: { development: { env: { PRICE: '$5', YES: 'no', EMPTY: '', COLON: 'a: b # c' } } },
  },
};

test.each(Object.entries(cases))('%s: as the golden files have it', async (name, input) => {
  for (const { path, text } of composeSuite.render(parseConfig(input))) {
    await expect(text).toMatchFileSnapshot(`golden/${name}/${path}`);
  }
});
