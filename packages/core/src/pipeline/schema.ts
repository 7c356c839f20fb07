import { z } from 'zod';
import { nameSchema } from '../config/values.ts';
import { gatesSchema } from './gate/schema.ts';
import { jobSchema } from './job.ts';

/** The pipeline that proves a commit before it becomes a release. */
export const pipelineSchema = z.strictObject({
  use: z
    .enum(['standard', 'none'])
    .default('standard')
    .describe('standard: the jobs of docs/guides/pipeline.md; none: install and build only'),
  jobs: z
    .record(nameSchema, jobSchema.nullable())
    .default({})
    .describe('further jobs, other values for standard ones, or null to leave a standard one out'),
  gates: gatesSchema.default({}).describe('what the reports of the jobs must show'),
  failFast: z.boolean().default(true).describe('whether the first failure ends the jobs that are still at work'),
  inconclusive: z
    .enum(['pass', 'fail'])
    .default('pass')
    .describe('what a job means that could not be run, for want of a script or a tool: go on, or end the run'),
});

export type PipelineConfig = z.output<typeof pipelineSchema>;
