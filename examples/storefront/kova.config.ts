import { blueGreen, defineConfig, nextjs, postgres, redis } from 'kova'

export default defineConfig({
  name: 'storefront',
  app: nextjs(),
  services: { postgres: postgres(), redis: redis({ optional: true }) },
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
