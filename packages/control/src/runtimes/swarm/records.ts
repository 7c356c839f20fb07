import { z } from 'zod';
import { launchRecord } from '../slot/records.ts';

/** What is known of an instance that is a task of a service. All instances of a slot share the launch: the service. */
export const taskRecord = launchRecord.extend({
  /** Null from before the service is made until it is known: it is then found by its name. */
  service: z.string().nullable(),
  task: z.string().nullable(),
  /** Where it was found to listen, for as long as the engine does not answer; port 0 when it was nowhere. */
  address: z.object({ host: z.string(), port: z.number() }),
});

export type TaskRecord = z.infer<typeof taskRecord>;
