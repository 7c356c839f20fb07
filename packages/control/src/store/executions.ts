import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

export type ExecutionRow = Selectable<Schema['executions']>;

/** A command that somebody runs in an instance. */
export interface ExecutionWish {
  project: string;
  environment: string;
  instance: string;
  release: string;
  argv: readonly string[];
  terminal: boolean;
  requestedBy: string;
}

/** Written before the command is started: what was run is known whatever happens then. */
export async function recordExecution(db: Store, wish: ExecutionWish): Promise<string> {
  const id = `exec_${randomBytes(5).toString('hex')}`;
  const { argv, requestedBy, ...rest } = wish;
  await db
    .insertInto('executions')
    .values({ id, ...rest, argv: JSON.stringify(argv), requested_by: requestedBy })
    .execute();
  return id;
}

/** Idempotent: the first end stays. @param reason why it was ended; null when it ended by itself */
export async function endExecution(
  db: Store,
  id: string,
  end: { exitCode: number | null; reason: string | null },
): Promise<void> {
  await db
    .updateTable('executions')
    .set({ ended_at: new Date(), exit_code: end.exitCode, reason: end.reason })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

/** Of the commands of a control plane that is no more, which end with it. */
export async function endAllExecutions(db: Store, reason: string): Promise<void> {
  await db.updateTable('executions').set({ ended_at: new Date(), reason }).where('ended_at', 'is', null).execute();
}

/** The newest first. */
export async function newestExecutions(
  db: Store,
  project: string,
  environment: string | null,
  limit: number,
): Promise<ExecutionRow[]> {
  let query = db.selectFrom('executions').selectAll().where('project', '=', project);
  if (environment !== null) query = query.where('environment', '=', environment);
  return query.orderBy('started_at', 'desc').limit(limit).execute();
}

/** Forgets those that ended more than so many days ago. */
export async function forgetExecutions(db: Store, days: number): Promise<void> {
  await db
    .deleteFrom('executions')
    .where('ended_at', '<', new Date(Date.now() - days * 86_400_000))
    .execute();
}
