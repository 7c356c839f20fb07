import { z } from 'zod';
import type { Context } from '../../context.ts';
import { newestExecutions } from '../../store/executions.ts';

const moment = z.iso.datetime();

export const executionView = z
  .object({
    id: z.string(),
    environment: z.string(),
    instance: z.string(),
    release: z.string(),
    argv: z.array(z.string()),
    terminal: z.boolean(),
    requestedBy: z.string(),
    startedAt: moment,
    endedAt: moment.nullable(),
    exitCode: z.number().nullable(),
    reason: z.string().nullable().describe('why it was ended; null when it ended by itself'),
  })
  .meta({ id: 'Execution' });

export type ExecutionView = z.infer<typeof executionView>;

/** The commands that were run in the instances of a project, newest first. */
export async function listExecutions(
  ctx: Pick<Context, 'db'>,
  project: string,
  environment: string | null,
  limit: number,
): Promise<ExecutionView[]> {
  const rows = await newestExecutions(ctx.db, project, environment, limit);
  return rows.map(({ id, environment, instance, release, argv, terminal, reason, ...row }) => ({
    ...{ id, environment, instance, release, argv, terminal, reason },
    requestedBy: row.requested_by,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    exitCode: row.exit_code,
  }));
}
