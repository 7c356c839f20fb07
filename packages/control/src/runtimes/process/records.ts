import { z } from 'zod';
import { launchRecord } from '../slot/records.ts';

/** What is known of an instance that is a group of processes. */
export const processRecord = launchRecord.extend({
  port: z.number(),
  /** Null from before the launch until it is known: what was launched is then found by its environment. */
  process: z.object({ pid: z.number(), startTime: z.number(), bootId: z.string() }).nullable(),
});

export type ProcessRecord = z.infer<typeof processRecord>;
