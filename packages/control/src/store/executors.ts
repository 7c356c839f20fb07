import { sql } from 'kysely';
import type { Store } from './connect.ts';

/** A process that works on this store. */
export interface Executor {
  id: string;
  host: string;
  pid: number;
  /** The jobs that it takes beside those without a label. */
  labels: string[];
  /** How many jobs it takes at a time, whatever others on its machine do; null for its share of the cores. */
  concurrency: number | null;
}

/** Makes the executor known, as one that lives. */
export async function enrol(db: Store, { id, host, pid, labels, concurrency }: Executor): Promise<void> {
  await db
    .insertInto('executors')
    .values({ id, host, pid, labels, concurrency })
    .onConflict((on) => on.column('id').doUpdateSet({ heartbeat_at: sql`now()` }))
    .execute();
}

/** Says that this executor lives; false when it has been declared dead meanwhile, which is final. */
export async function heartbeat(db: Store, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('executors')
    .set({ heartbeat_at: sql`now()` })
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** All that are not known to be dead, with the time since they said that they live, by the clock of the store. */
export async function executors(db: Store): Promise<Array<Executor & { silentMs: number }>> {
  const rows = await db
    .selectFrom('executors')
    .select(['id', 'host', 'pid', 'labels', 'concurrency'])
    .select(sql<number>`(extract(epoch from now() - heartbeat_at) * 1000)::float8`.as('silentMs'))
    .orderBy('started_at')
    .execute();
  return rows;
}

export async function otherExecutors(db: Store, self: string): Promise<Array<Executor & { silentMs: number }>> {
  return (await executors(db)).filter(({ id }) => id !== self);
}

/** Declares it dead, or gone: what it had taken is for others to take. Idempotent. Returns how many jobs that were. */
export async function forgetExecutor(db: Store, id: string, why = 'its worker has died'): Promise<number> {
  return db.transaction().execute(async (trx) => {
    // First, so that it can take nothing more: who takes jobs holds this row.
    await trx.deleteFrom('executors').where('id', '=', id).execute();
    const { rows } = await sql`
      with back as (
        update jobs set state = 'waiting', reason = ${why}, started_at = null
        where executor = ${id} and state = 'running' returning run, name, reason),
      told as (insert into job_events (run, job, state, reason) select run, name, 'waiting', reason from back)
      select name from back`.execute(trx);
    return rows.length;
  });
}
