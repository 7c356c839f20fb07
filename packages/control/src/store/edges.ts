import { sql } from 'kysely';
import type { Store } from './connect.ts';
import { type EdgeReport, edgeReportSchema, emptyReport } from './edge-report.ts';

/** Who an edge is to users and to the store. */
export interface EdgeIdentity {
  name: string;
  /** Of the directory that it lives in. */
  id: string;
  /** `host:port` */
  address: string;
}

export interface EdgeRecord extends EdgeIdentity {
  report: EdgeReport;
  /** Since it was last heard of, by the clock of the store, ms. */
  silentMs: number;
  heardAt: Date;
}

/**
 * Makes an edge known; the same one takes its row again. One of another directory takes the name over when the one that
 * had it has been silent for `silentMs`. @returns whether the name is its
 */
export async function enrolEdge(db: Store, { name, id, address }: EdgeIdentity, silentMs: number): Promise<boolean> {
  const fresh = { id, address, heartbeat_at: sql<Date>`now()` };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('edges')
    .values({ name, id, address, report: JSON.stringify(emptyReport) })
    .onConflict((on) =>
      on
        .column('name')
        .doUpdateSet(fresh)
        .where(({ eb, or }) =>
          or([
            eb('edges.id', '=', id),
            eb('edges.heartbeat_at', '<', sql<Date>`now() - ${silentMs} * interval '1 millisecond'`),
          ]),
        ),
    )
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Says that the edge lives, and what it has; false when another one has taken its name. */
export async function reportEdge(
  db: Store,
  { name, id }: Pick<EdgeIdentity, 'name' | 'id'>,
  report: EdgeReport,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('edges')
    .set({ heartbeat_at: sql`now()`, report: JSON.stringify(report) })
    .where((is) => is.and({ name, id }))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function allEdges(db: Store): Promise<EdgeRecord[]> {
  const rows = await db
    .selectFrom('edges')
    .select(['name', 'id', 'address', 'heartbeat_at', 'report'])
    .select(sql<number>`(extract(epoch from now() - heartbeat_at) * 1000)::float8`.as('silentMs'))
    .orderBy('name')
    .execute();
  return rows.map(({ heartbeat_at, report, ...row }) => ({
    ...row,
    heardAt: heartbeat_at,
    report: edgeReportSchema.safeParse(report).data ?? { ...emptyReport, problem: 'it is of another Kova' },
  }));
}

/** Forgets those that have been silent for so long. */
export async function forgetEdges(db: Store, days: number): Promise<void> {
  await db.deleteFrom('edges').where('heartbeat_at', '<', sql<Date>`now() - ${days} * interval '1 day'`).execute();
}

export interface EdgeDrain {
  id: string;
  slot: string;
  spreadMs: number;
  timeoutMs: number;
}

export async function askForDrain(db: Store, drain: Omit<EdgeDrain, 'id'>): Promise<string> {
  const { slot, spreadMs, timeoutMs } = drain;
  const { id } = await db
    .insertInto('edge_drains')
    .values({ slot, spread_ms: spreadMs, timeout_ms: timeoutMs })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Those that somebody waits for; what was asked for longer ago may mean another release by now. */
export async function askedDrains(db: Store): Promise<EdgeDrain[]> {
  const rows = await db
    .selectFrom('edge_drains')
    .select(['id', 'slot', 'spread_ms', 'timeout_ms'])
    .where(sql<boolean>`at + timeout_ms * interval '1 millisecond' > now()`)
    .orderBy('id')
    .execute();
  return rows.map(({ id, slot, spread_ms, timeout_ms }) => ({
    ...{ id, slot },
    ...{ spreadMs: spread_ms, timeoutMs: timeout_ms },
  }));
}

export async function endDrain(db: Store, id: string): Promise<void> {
  await db
    .deleteFrom('edge_drains')
    .where(({ eb, or }) => or([eb('id', '=', id), eb('at', '<', sql<Date>`now() - interval '1 hour'`)]))
    .execute();
}
