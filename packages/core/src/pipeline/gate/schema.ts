import { z } from 'zod';
import { duration } from '../../config/values.ts';
import { dependencyLevels } from '../evidence/npm-audit.ts';
import { percent, size } from './amount.ts';

const share = z.number().min(0).max(100).optional();
const score = z.number().min(0).max(1).optional();
const count = z.int().min(0);

/** Limits of which at least one must be set: a gate without any would always pass. */
function limits<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape).refine((set) => Object.values(set).some((value) => value !== undefined), {
    message: `sets no limit; set ${Object.keys(shape).join(' or ')}`,
  });
}

/** The gates that a project sets: what its reports must show before there is a release. */
export const gatesSchema = z.strictObject({
  tests: z
    .strictObject({
      maxFailed: count.default(0).describe('more failed tests fail'),
      maxSkipped: count.optional().describe('more skipped tests fail'),
      min: z.int().min(1).optional().describe('fewer tests fail: a suite that lost half of them is green too'),
    })
    .optional()
    .describe('from JUnit reports'),
  coverage: limits({
    lines: share.describe('percent of the lines, at least'),
    branches: share.describe('percent of the branches, at least'),
    functions: share.describe('percent of the functions, at least'),
  })
    .optional()
    .describe('from lcov reports'),
  lighthouse: limits({
    performance: score.describe('at least, 0 to 1; as the ones below the median of all runs'),
    accessibility: score.describe('at least'),
    bestPractices: score.describe('at least'),
    seo: score.describe('at least'),
    lcp: duration.optional().describe('the largest content is seen by then'),
    tbt: duration.optional().describe('input waits no longer in all'),
    cls: z.number().min(0).optional().describe('the layout moves no more'),
  })
    .optional()
    .describe('from Lighthouse reports'),
  audit: z
    .enum(dependencyLevels)
    .optional()
    .describe('vulnerable dependencies of this level or a worse one fail; from npm audit'),
  bundle: limits({
    maxGrowth: percent.optional().describe('the bundle may grow by this since the release before: `5%`'),
    maxTotal: size.optional().describe('the bundle may weigh this in all: `600kB`'),
  })
    .optional()
    .describe('from bundle statistics'),
  security: z
    .enum(['error', 'warning', 'note'])
    .optional()
    .describe('findings of this level or a worse one fail; from SARIF reports'),
  image: limits({
    maxSize: size.optional().describe('the image may take this, unpacked: `400MB`'),
    maxGrowth: percent.optional().describe('the image may grow by this since the release before: `5%`'),
  })
    .optional()
    .describe('from the job `build-image`'),
});

/** What a person writes under `gates`. */
export type GatesInput = z.input<typeof gatesSchema>;
/** Validated: sizes in bytes, durations in milliseconds, shares in percent. */
export type Gates = z.output<typeof gatesSchema>;
