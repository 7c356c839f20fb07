import { z } from 'zod';
import { size } from './size.ts';

/** What instances can run in. */
export const runtimeKinds = ['process', 'docker', 'swarm', 'kubernetes'] as const;
export type RuntimeKind = (typeof runtimeKinds)[number];

export const runtimeSchema = z
  .enum(runtimeKinds)
  .default('process')
  .describe(
    'what instances run in: processes of this machine, containers of its Docker engine, tasks on the machines of its swarm, or pods of a cluster (experimental)',
  );

export const limitsSchema = z
  .strictObject({
    memory: size.nullable().default(null).describe('an instance that takes more is ended; null for no limit'),
    cpus: z
      .number()
      .positive()
      .max(1024)
      .nullable()
      .default(null)
      .describe('processors, 0.5 for half a one; null for no limit'),
    processes: z.int().min(16).nullable().default(1024).describe('processes and threads; null for no limit'),
  })
  .describe('what one instance may take; kept by containers, not by processes');
