import { defineConfig } from 'vitest/config'

/** Runs against a started shop: BASE_URL, by default http://127.0.0.1:3000. */
export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    include: ['tests/integration/**/*.test.ts'],
    // Vite takes the name BASE_URL for itself inside the tests.
    env: { SHOP_URL: process.env.BASE_URL ?? 'http://127.0.0.1:3000' },
    // One shop, one stock: files take turns.
    fileParallelism: false,
    testTimeout: 15_000,
    reporters: [
      'default',
      ['junit', { outputFile: 'reports/integration.junit.xml', suiteName: 'integration' }],
    ],
  },
})
