import type { Store } from './connect.ts';

export interface Executor {
  id: string;
  host: string;
  pid: number;
}

/** Says that this executor lives. Idempotent. */
export async function heartbeat(db: Store, { id, host, pid }: Executor): Promise<void> {
  const heartbeat_at = new Date();
  await db
    .insertInto('executors')
    .values({ id, host, pid, heartbeat_at })
    .onConflict((on) => on.column('id').doUpdateSet({ heartbeat_at }))
    .execute();
}

export async function otherExecutors(db: Store, self: string): Promise<Array<Executor & { heartbeatAt: Date }>> {
  const rows = await db.selectFrom('executors').selectAll().where('id', '!=', self).execute();
  return rows.map(({ id, host, pid, heartbeat_at: heartbeatAt }) => ({ id, host, pid, heartbeatAt }));
}

export async function forgetExecutor(db: Store, id: string): Promise<void> {
  await db.deleteFrom('executors').where('id', '=', id).execute();
}
