import { z } from 'zod';
import { launchRecord } from '../slot/records.ts';

/** What is known of an instance that is a container. */
export const containerRecord = launchRecord.extend({
  /** Its address on the environment's network; empty before the first launch. */
  host: z.string(),
  /** Null from before the launch until it is known: what was launched is then found by its name. */
  container: z.object({ id: z.string(), pid: z.number(), startedAt: z.string() }).nullable(),
});

export type ContainerRecord = z.infer<typeof containerRecord>;
export type ContainerRef = NonNullable<ContainerRecord['container']>;
