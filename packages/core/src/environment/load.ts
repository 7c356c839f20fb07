import { z } from 'zod';
import { duration } from '../config/values.ts';

const longestMs = 300_000;

/** The load that an environment's `load` check puts on a release, and how the release must bear it. */
export const loadSchema = z.strictObject({
  paths: z.array(z.string().startsWith('/')).min(1).default(['/']).describe('what is asked, in turn'),
  duration: duration
    .refine((ms) => ms >= 1000 && ms <= longestMs, 'must be from 1s to 5m')
    .prefault('10s')
    .describe('for how long'),
  connections: z.int().min(1).max(1000).default(10).describe('how many ask at once'),
  minRps: z.number().min(0).optional().describe('fewer answers a second fail'),
  maxP95: duration.optional().describe('a 95th percentile of the latency above this fails'),
  maxErrors: z.number().min(0).max(100).default(1).describe('a larger share of failed requests fails, in percent'),
});

export type LoadConfig = z.output<typeof loadSchema>;
