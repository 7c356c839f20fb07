import { blueGreen, defineConfig, nextjs, postgres, redis } from 'kova'

export default defineConfig({
  name: 'storefront',
  app: nextjs(),
  services: { postgres: postgres(), redis: redis({ optional: true }) },
  database: { migrate: 'npm run db:migrate', schema: { from: 1, to: 4 } },
  environments: {
    development: { deploy: 'auto' },
    staging: { deploy: 'auto' },
    'pre-production': { deploy: 'auto' },
    production: {
      approvals: 1,
      instances: 2,
      strategy: blueGreen(),
      stability: '5m',
    },
  },
})
