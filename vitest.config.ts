import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Stories and what starts engines take minutes, whatever the size of their files. */
const isLong = ({ moduleId }: TestSpecification) => /\/e2e\/|swarm|docker|images/.test(moduleId);

/** So that none of those is waited for at the end, alone. */
class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'e2e/**/*.test.ts'],
    globalSetup: ['packages/control/src/testing/postgres-global.ts', 'packages/control/src/testing/shared-global.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    sequence: { sequencer: LongOnesFirst },
    // Most of what they do is to wait: for windows, deadlines, engines.
    maxWorkers: 4,
    // Imports its JSON as only bundlers do.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
  },
});
