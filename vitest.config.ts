import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'e2e/**/*.test.ts'],
    globalSetup: ['packages/control/src/testing/postgres-global.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Most of what they do is to wait: for windows, deadlines, engines.
    maxWorkers: 3,
    // Imports its JSON as only bundlers do.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
  },
});
