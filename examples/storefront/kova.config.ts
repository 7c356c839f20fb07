import { blueGreen, defineConfig, nextjs, postgres, redis } from 'kova'

const common = ['package.json', 'package-lock.json', 'tsconfig.json']
const shop = [
  'app',
  'components',
  'db',
  'lib',
  'public',
  'scripts',
  'server',
  'instrumentation.ts',
  'next.config.ts',
]

export default defineConfig({
  name: 'storefront',
  app: nextjs(),
  services: { postgres: postgres(), redis: redis({ optional: true }) },
  database: { migrate: 'npm run db:migrate', schema: { from: 1, to: 4 } },
  pipeline: {
    // What each depends on, beside what it needs: a change elsewhere does not run it again.
    jobs: {
      build: { inputs: [...common, ...shop] },
      'unit-tests': { inputs: [...common, 'components', 'lib', 'server', 'vitest.config.ts'] },
      'integration-tests': {
        inputs: [...common, 'lib', 'tests/integration', 'vitest.integration.config.ts'],
      },
      'e2e-tests': { inputs: [...common, 'tests/e2e', 'playwright.config.ts'] },
      'performance-audit': { inputs: common },
      'bundle-analysis': { inputs: common },
    },
    gates: {
      tests: { maxSkipped: 0 },
      coverage: { lines: 90, branches: 85 },
      lighthouse: { performance: 0.7, accessibility: 0.9 },
      bundle: { maxGrowth: '5%' },
      audit: 'high',
    },
  },
  environments: {
    development: { deploy: 'auto' },
    staging: { deploy: 'auto', checks: ['integration', 'e2e'] },
    'pre-production': {
      deploy: 'auto',
      checks: ['load', 'lighthouse', 'security'],
      load: { paths: ['/', '/products', '/api/products'], duration: '10s', maxP95: '2s' },
    },
    production: {
      approvals: 1,
      instances: 2,
      strategy: blueGreen(),
      stability: '5m',
    },
  },
})
