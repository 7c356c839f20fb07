import { parseConfig } from '@kova/core/config/parse';
import type { ConfigInput } from '@kova/core/config/schema';
import { expect, test } from 'vitest';
import { validate } from './testing/validate.ts';
import { renderWorkflow } from './workflow.ts';

const render = (config: ConfigInput) => renderWorkflow(parseConfig(config));

const sources = 'example/kova@0123456789abcdef0123456789abcdef01234567';
const app = { start: 'node server.js' };

/** What examples/storefront/kova.config.ts exports. */
const storefront: ConfigInput = {
  name: 'storefront',
  app: {
    ...{ install: 'npm ci', build: 'npm run build', start: ['node', 'server.js'] },
    output: [
      { from: '.next/standalone', to: '.' },
      { from: '.next/static', to: '.next/static' },
      { from: 'public', to: 'public', optional: true },
    ],
    assets: { prefix: '/_next/static/', dir: '.next/static' },
    health: { path: '/api/health' },
  },
  services: { postgres: { kind: 'postgres' }, redis: { kind: 'redis', optional: true } },
  database: { migrate: 'npm run db:migrate', schema: { from: 1, to: 4 } },
  pipeline: {
    gates: {
      tests: { maxSkipped: 0 },
      coverage: { lines: 90, branches: 85 },
      lighthouse: { performance: 0.7, accessibility: 0.9 },
      bundle: { maxGrowth: '5%' },
      audit: 'high',
    },
  },
};

const cases: Record<string, ConfigInput> = {
  storefront,
  minimal: { name: 'hello', app, environments: { production: {} } },
  matrix: {
    ...{ name: 'matrix', app, environments: { production: {} } },
    pipeline: {
      ...{ use: 'none', failFast: false },
      jobs: {
        unit: {
          run: ['npm test'],
          needs: ['build'],
          matrix: { NODE: ['22', '24'], DB: ['a', 'b'] },
          outputs: ['out'],
          secrets: ['NPM_TOKEN'],
        },
        report: {
          run: ['npm run report'],
          needs: ['unit'],
          secrets: ['API_KEY'],
          reports: [{ kind: 'sarif', path: 'reports/*.sarif' }],
        },
        'all-green': { run: [], needs: ['unit', 'report'] },
        publish: { run: ['npm run publish'], needs: ['all-green'] },
      },
    },
  },
  'no-build': {
    ...{ name: 'static', app: { ...app, install: null, build: null } },
    pipeline: { use: 'none', jobs: { lint: { run: ['make lint'] } } },
    render: { github: { branches: ['trunk', 'release/2.x'], runner: 'debian-12', kova: sources } },
  },
  odd: {
    ...{ name: '0', app: { ...app, install: null, build: null }, environments: { production: {} } },
    pipeline: {
      use: 'none',
      jobs: {
        '3d': { run: ['x'], worker: 'gpu', env: { SECRET: '${{ secrets.KOVA_TOKEN }}' } },
        on: {
          run: ['x'],
          needs: ['3d'],
          matrix: { A: ['${{ secrets.KOVA_TOKEN }}', `'; rm -rf "$HOME" #`, '- *x: &y ✓'] },
        },
        ship: { run: ['x'], needs: ['on'], retries: 5, timeout: '2h' },
      },
    },
  },
};

test.each(Object.entries(cases))('%s: as the golden file has it, and both validators take it', async (name, config) => {
  const text = render(config);
  await expect(text).toMatchFileSnapshot(`golden/${name}.yml`);
  expect(await validate(text, ['debian-12', 'gpu'])).toEqual([]);
});

test('the validators see what is wrong', async () => {
  const text = render(storefront);
  expect((await validate(text.replace('runs-on:', 'run-on:'))).length).toBeGreaterThan(1);
  expect((await validate(text.replaceAll('needs.install.outputs.key', 'needs.install.outputs.kye'))).join()).toContain(
    'kye',
  );
  expect((await validate(text.replace('- install', '- buidl'))).join()).toContain('workflow-parser');
});

test('the same configuration gives the same text, in whatever order its keys are', () => {
  const { name, ...rest } = storefront;
  expect(render({ ...rest, name })).toBe(render(storefront));
});

test('a matrix that GitHub cannot run is refused with its path', () => {
  const values = (count: number) => Array.from({ length: count }, (_, index) => String(index));
  const jobs = { wide: { run: ['x'], matrix: { A: values(257) } } };
  expect(() => render({ name: 'wide', app, pipeline: { jobs } })).toThrow(
    'pipeline.jobs.wide.matrix: has 257 combinations; GitHub runs 256 at most',
  );
});
