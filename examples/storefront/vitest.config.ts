import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    include: ['lib/**/*.test.ts', 'server/**/*.test.ts', 'components/**/*.test.ts'],
    reporters: ['default', ['junit', { outputFile: 'reports/unit.junit.xml', suiteName: 'unit' }]],
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts', 'server/fresh-value.ts', 'components/send-order.ts'],
      reporter: ['text', 'lcov', 'json-summary'],
      reportsDirectory: 'coverage',
      thresholds: { lines: 80 },
    },
  },
})
