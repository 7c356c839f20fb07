import type { Store } from './connect.ts';

export interface Executor {
  id: string;
  host: string;
  pid: number;
}

/** Makes the executor known, as one that lives. */
export async function enrol(db: Store, { id, host, pid }: Executor): Promise<void> {
  const heartbeat_at = new Date();
  await db
    .insertInto('executors')
    .values({ id, host, pid, heartbeat_at })
    .onConflict((on) => on.column('id').doUpdateSet({ heartbeat_at }))
    .execute();
}

/** Says that this executor lives; false when it has been declared dead meanwhile, which is final. */
export async function heartbeat(db: Store, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('executors')
    .set({ heartbeat_at: new Date() })
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function otherExecutors(db: Store, self: string): Promise<Array<Executor & { heartbeatAt: Date }>> {
  const rows = await db.selectFrom('executors').selectAll().where('id', '!=', self).execute();
  return rows.map(({ id, host, pid, heartbeat_at: heartbeatAt }) => ({ id, host, pid, heartbeatAt }));
}

/** Declares it dead. Idempotent. */
export async function forgetExecutor(db: Store, id: string): Promise<void> {
  await db.deleteFrom('executors').where('id', '=', id).execute();
}
