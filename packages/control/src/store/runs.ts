import { randomBytes } from 'node:crypto';
import type { ProjectConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';
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
  /** Why jobs that are at work shall end; null to go on. Whoever ends a deployment ends its checks. */
  stop: string | null;
  /** The deployment that it checks; null when it proves a commit. */
  check: { deployment: string; environment: string } | null;
  branch: string | null;
  /** Keeps its results apart from others'; null for those of the project. */
  scope: string | null;
  /** Whether its image is pushed, if it makes one. */
  push: boolean;
}

export interface RunWish {
  project: string;
  commit: string;
  jobs: string[] | null;
  /** Runs of a branch take turns, and the newer supersedes the one that waits; null for one that waits for nobody. */
  branch?: string | null;
  scope?: string | null;
  /** Whether its image is pushed; not when left out. */
  push?: boolean;
  /** Its place in the order of work; the next one by default. */
  position?: string;
  /** Given by a workflow, so that its replay finds the same run. */
  id?: string;
  /** What it checks, with the configuration of the release; null or left out when it proves a commit. */
  check?: { deployment: string; config: ProjectConfig } | null;
}

/** Idempotent by id. */
export async function createRun(db: Store | Transaction<Schema>, wish: RunWish): Promise<string> {
  const {
    project,
    commit,
    jobs,
    branch = null,
    scope = null,
    push = false,
    position,
    id = newRunId(),
    check = null,
  } = wish;
  await db
    .insertInto('runs')
    .values({
      ...{ id, project, commit_sha: commit, jobs: jobs && JSON.stringify(jobs), branch, scope, push },
      ...(check && { deployment: check.deployment, config: JSON.stringify(check.config) }),
      ...(branch === null ? {} : { state: 'queued' as const }),
      ...(position === undefined ? {} : { position }),
    })
    .onConflict((on) => on.doNothing())
    .execute();
  return id;
}

function newRunId(): string {
  return `run_${randomBytes(5).toString('hex')}`;
}

export async function findRun(db: Store, id: string): Promise<Run | null> {
  const row = await runRows(db).where('runs.id', '=', id).executeTakeFirst();
  return row ? toRun(row) : null;
}

/** @throws KovaError NOT_FOUND */
export async function requireRun(db: Store, id: string): Promise<Run> {
  const run = await findRun(db, id);
  if (run) return run;
  throw noRun(id);
}

export function noRun(id: string): KovaError {
  return new KovaError('NOT_FOUND', `there is no run ${id}`);
}

/** With the deployment that a run checks. */
export function runRows(db: Store) {
  return db
    .selectFrom('runs')
    .leftJoin('deployments', 'deployments.id', 'runs.deployment')
    .selectAll('runs')
    .select(['deployments.environment', 'deployments.abort']);
}

type Row = Awaited<ReturnType<ReturnType<typeof runRows>['execute']>>[number];

export function toRun({ commit_sha: commit, deployment, environment, abort, ...row }: Row): Run {
  const { id, project, jobs, state, reason, config, branch, scope, push } = row;
  const check = deployment && environment ? { deployment, environment } : null;
  return {
    id,
    project,
    commit,
    jobs,
    state,
    reason,
    config,
    stop: row.stop ?? abort?.reason ?? null,
    branch,
    scope,
    push,
    check,
  };
}

/** The configuration that the newest run of a project has evaluated; null before the first. */
export async function latestConfig(db: Store, project: string): Promise<ProjectConfig | null> {
  const row = await db
    .selectFrom('runs')
    .select('config')
    .where('project', '=', project)
    .where('config', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.config ?? null;
}

/** The newest first. */
export async function newestRuns(db: Store, project: string, count: number): Promise<string[]> {
  const rows = await db
    .selectFrom('runs')
    .select('id')
    .where('project', '=', project)
    .orderBy('created_at', 'desc')
    .limit(count)
    .execute();
  return rows.map(({ id }) => id);
}

/** Asks the jobs at work to end; the first reason stays. */
export async function stopRun(db: Store | Transaction<Schema>, id: string, reason: string): Promise<void> {
  await db.updateTable('runs').set({ stop: reason }).where('id', '=', id).where('stop', 'is', null).execute();
}

export async function stopReason(db: Store, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('runs')
    .leftJoin('deployments', 'deployments.id', 'runs.deployment')
    .select(['runs.stop', 'deployments.abort'])
    .where('runs.id', '=', id)
    .executeTakeFirst();
  return row?.stop ?? row?.abort?.reason ?? null;
}

/** As `stopReason`, for who asks again and again. */
export async function stopRequest(db: Store, id: string): Promise<{ reason: string } | null> {
  const reason = await stopReason(db, id);
  return reason === null ? null : { reason };
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
