import { sql, type Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

/** Where a run stands: it may begin or has begun, it waits for the one before, or it has ended. */
export type Turn = 'begun' | 'waits' | 'over';

/** One at a time decides about the work of a branch, until the transaction ends. */
export async function lockBranch(trx: Transaction<Schema>, project: string, branch: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${project} ${branch}`}, 0))`.execute(trx);
}

/**
 * Lets a queued run begin when no run of its branch is at work, or ends it when a newer one waits as well.
 * Idempotent: a run that has begun has begun.
 */
export async function takeTurn(db: Store, id: string): Promise<Turn> {
  return db.transaction().execute(async (trx) => {
    const { project, branch } = await runIn(trx, id);
    if (branch !== null) await lockBranch(trx, project, branch);
    const { state, stop, position, ended_at } = await runIn(trx, id);
    if (ended_at !== null) return 'over';
    if (state !== 'queued' || branch === null) return 'begun';
    if (stop !== null) return end(trx, id, 'cancelled', stop);
    const others = await trx
      .selectFrom('runs')
      .select(['id', 'state', 'commit_sha', 'position'])
      .where('project', '=', project)
      .where('branch', '=', branch)
      .where('id', '!=', id)
      .where((is) => is.or([is('ended_at', 'is', null), is('position', '>', position)]))
      .execute();
    const newer = others.find((other) => BigInt(other.position) > BigInt(position));
    if (newer) return end(trx, id, 'superseded', supersededBy(branch, newer.id, newer.commit_sha));
    if (others.some((other) => other.state === 'running')) return 'waits';
    await trx.updateTable('runs').set({ state: 'running' }).where('id', '=', id).execute();
    return 'begun';
  });
}

function runIn(trx: Transaction<Schema>, id: string) {
  return trx.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function end(trx: Transaction<Schema>, id: string, state: 'cancelled' | 'superseded', reason: string) {
  await trx.updateTable('runs').set({ state, reason, ended_at: new Date() }).where('id', '=', id).execute();
  return 'over' as const;
}

/** Why work of a branch ends that a newer commit has overtaken. */
export function supersededBy(branch: string, newer: string, commit: string): string {
  return `superseded by ${newer}, commit ${commit.slice(0, 10)} of ${branch}`;
}

/** The runs of its branch that wait while a run has just come or ended: they look again whether it is their turn. */
export async function waitingBeside(db: Store, id: string): Promise<string[]> {
  const rows = await db
    .selectFrom('runs as waiting')
    .innerJoin('runs as mine', (join) =>
      join.onRef('waiting.project', '=', 'mine.project').onRef('waiting.branch', '=', 'mine.branch'),
    )
    .select('waiting.id')
    .where('mine.id', '=', id)
    .where('waiting.id', '!=', id)
    .where('waiting.state', '=', 'queued')
    .execute();
  return rows.map((row) => row.id);
}
