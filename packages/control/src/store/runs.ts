import { randomBytes } from 'node:crypto';
import type { ProjectConfig } from '@kova/core/config/schema';
import type { RunState } from '@kova/core/pipeline/state';
import type { Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

export interface Run {
  id: string;
  project: string;
  commit: string;
  /** The jobs asked for; null for all. */
  jobs: string[] | null;
  state: RunState;
  reason: string;
  /** Null until it has been evaluated. */
  config: ProjectConfig | null;
  /** Why jobs that are at work shall end; null to go on. */
  stop: string | null;
}

export interface RunWish {
  project: string;
  commit: string;
  jobs: string[] | null;
  /** Given by a workflow, so that its replay finds the same run. */
  id?: string;
}

/** Idempotent by id. */
export async function createRun(db: Store, { project, commit, jobs, id = newRunId() }: RunWish): Promise<string> {
  await db
    .insertInto('runs')
    .values({ id, project, commit_sha: commit, jobs: jobs && JSON.stringify(jobs) })
    .onConflict((on) => on.doNothing())
    .execute();
  return id;
}

function newRunId(): string {
  return `run_${randomBytes(5).toString('hex')}`;
}

export async function findRun(db: Store, id: string): Promise<Run | null> {
  const row = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  const { project, commit_sha: commit, jobs, state, reason, config, stop } = row;
  return { id, project, commit, jobs, state, reason, config, stop };
}

/** Asks the jobs at work to end; the first reason stays. */
export async function stopRun(db: Store | Transaction<Schema>, id: string, reason: string): Promise<void> {
  await db.updateTable('runs').set({ stop: reason }).where('id', '=', id).where('stop', 'is', null).execute();
}

export async function stopReason(db: Store, id: string): Promise<string | null> {
  const row = await db.selectFrom('runs').select('stop').where('id', '=', id).executeTakeFirst();
  return row?.stop ?? null;
}

/** The end of a run is final. */
export async function endRun(db: Store, id: string, state: RunState, reason: string): Promise<void> {
  await db
    .updateTable('runs')
    .set({ state, reason, ended_at: new Date() })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}
