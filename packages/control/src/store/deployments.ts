import { randomBytes } from 'node:crypto';
import type { Candidate } from '@kova/core/deployment/decide';
import type { Deployment, DeploymentKind } from '@kova/core/deployment/deployment';
import { sql, type Transaction } from 'kysely';
import { type Configuration, configurationColumns } from './configuration.ts';
import type { Store } from './connect.ts';
import type { AbortRequest, Schema } from './schema.ts';
import { noteEvent, transition } from './transition.ts';

export interface DeploymentWish {
  project: string;
  environment: string;
  release: string;
  kind: DeploymentKind;
  forced: boolean;
  requestedBy: string;
  ship?: string | null;
  /** What it is given instead of its release's own configuration. */
  configuration?: Configuration | null;
  /** Given by a workflow, so that its replay finds the same deployment. */
  id?: string;
}

export function newDeploymentId(): string {
  return `dep_${randomBytes(5).toString('hex')}`;
}

/** Records a queued deployment; a newer one overtakes those that still wait. Idempotent by id. */
export async function createDeployment(db: Store | Transaction<Schema>, wish: DeploymentWish): Promise<string> {
  if (!db.isTransaction) return (db as Store).transaction().execute((trx) => createDeployment(trx, wish));
  const { project, environment, release, kind, forced, requestedBy, ship = null, id = newDeploymentId() } = wish;
  const given = configurationColumns(wish.configuration ?? null);
  // One after the other: each finds those that were queued before it. The environment's row itself is not held for it:
  // a request to roll back must not wait for traffic that is being moved.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`queue ${project}/${environment}`}, 0))`.execute(db);
  const inserted = await db
    .insertInto('deployments')
    .values({ id, project, environment, release, kind, forced, requested_by: requestedBy, ship, ...given })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n) return id;
  await noteEvent(db, id, 'queued', '');
  const waiting = await db
    .selectFrom('deployments')
    .select('id')
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where('phase', '=', 'queued')
    .where('id', '!=', id)
    .execute();
  for (const other of waiting) await transition(db, other.id, 'supersede', `overtaken by ${release}`);
  return id;
}

export function deploymentRows(db: Store) {
  return db
    .selectFrom('deployments')
    .innerJoin('releases', 'releases.id', 'deployments.release')
    .selectAll('deployments')
    .select('releases.commit_sha');
}

type Row = Awaited<ReturnType<ReturnType<typeof deploymentRows>['execute']>>[number];

export function toDeployment(row: Row): Deployment {
  return {
    id: row.id,
    project: row.project,
    environment: row.environment,
    release: row.release,
    commit: row.commit_sha,
    configCommit: row.config_commit,
    kind: row.kind,
    phase: row.phase,
    reason: row.reason,
    code: row.code,
    colour: row.colour,
    replaces: row.replaces,
    health: row.health,
    forced: row.forced,
    requestedBy: row.requested_by,
    createdAt: row.created_at,
    trafficAt: row.traffic_at,
    liveAt: row.live_at,
    endedAt: row.ended_at,
  };
}

export async function findDeployment(db: Store, id: string): Promise<Deployment | null> {
  const row = await deploymentRows(db).where('deployments.id', '=', id).executeTakeFirst();
  return row ? toDeployment(row) : null;
}

/** Says anew why a deployment that has not ended is in its phase, in its story as well. Idempotent. */
export async function noteReason(db: Store, id: string, reason: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const changed = await trx
      .updateTable('deployments')
      .set({ reason })
      .where('id', '=', id)
      .where('reason', '!=', reason)
      .where('ended_at', 'is', null)
      .returning('phase')
      .executeTakeFirst();
    if (changed) await noteEvent(trx, id, changed.phase, reason);
  });
}

/** Asks a deployment to end. It is noticed by the step at work; a queued one ends at once. */
export async function requestAbort(db: Store, id: string, request: AbortRequest): Promise<void> {
  await db
    .updateTable('deployments')
    .set({ abort: JSON.stringify(request) })
    .where('id', '=', id)
    .execute();
}

export async function abortRequest(db: Store, id: string): Promise<AbortRequest | null> {
  const row = await db.selectFrom('deployments').select('abort').where('id', '=', id).executeTakeFirst();
  return row?.abort ?? null;
}

/**
 * What was deployed here and took traffic, newest first, each release once with each configuration that it had, and the
 * latest health that it was judged to have with it.
 */
export async function history(db: Store, project: string, environment: string): Promise<Candidate[]> {
  const rows = await db
    .selectFrom('deployments')
    .innerJoin('releases', 'releases.id', 'deployments.release')
    .select([
      'deployments.release',
      'deployments.health',
      'deployments.config_commit',
      'releases.commit_sha',
      'releases.config',
    ])
    .where('deployments.project', '=', project)
    .where('deployments.environment', '=', environment)
    .where('traffic_at', 'is not', null)
    .orderBy('deployments.created_at', 'desc')
    .execute();
  const seen = new Map<string, Candidate>();
  for (const { release, health, commit_sha: commit, config_commit: configCommit, config } of rows) {
    const key = `${release} ${configCommit}`;
    const { schema } = config.database;
    if (!seen.get(key)?.health) seen.set(key, { release, commit, configCommit, health, schema });
  }
  return [...seen.values()];
}
