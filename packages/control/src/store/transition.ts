import type { Phase } from '@kova/core/deployment/phase';
import { isTerminal } from '@kova/core/deployment/phase';
import { type PhaseEvent, sourcesOf } from '@kova/core/deployment/transitions';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

type Changes = Partial<Pick<Schema['deployments'], 'health' | 'code'>> & {
  colour?: 'blue' | 'green';
  replaces?: string | null;
  traffic_at?: Date;
  live_at?: Date;
  recovered_at?: Date;
};

/**
 * The one setter of a deployment's phase: the table of transitions again, as a guard in SQL.
 * @returns the new phase, or null when the deployment was in no phase from which the event leads on.
 */
export async function transition(
  db: Store | Transaction<Schema>,
  id: string,
  event: PhaseEvent,
  reason: string,
  changes: Changes = {},
): Promise<Phase | null> {
  if (!db.isTransaction)
    return (db as Store).transaction().execute((trx) => transition(trx, id, event, reason, changes));
  for (const { from, to } of sourcesOf(event)) {
    const ended = isTerminal(to) ? { ended_at: new Date() } : {};
    const { numUpdatedRows } = await db
      .updateTable('deployments')
      .set({ phase: to, reason, ...ended, ...changes })
      .where('id', '=', id)
      .where('phase', '=', from)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) continue;
    await noteEvent(db, id, to, reason);
    return to;
  }
  return null;
}

/** Adds to the story of a deployment. */
export async function noteEvent(
  db: Store | Transaction<Schema>,
  deployment: string,
  phase: Phase,
  reason: string,
): Promise<void> {
  await db.insertInto('deployment_events').values({ deployment, phase, reason }).execute();
}

/**
 * As `transition`, for a step that may run again: being where the event leads already is as good.
 * @throws KovaError PHASE_CONFLICT when the deployment is elsewhere; then somebody else has moved it.
 */
export async function advance(
  db: Store | Transaction<Schema>,
  id: string,
  event: PhaseEvent,
  reason: string,
  changes: Changes = {},
): Promise<Phase> {
  const landed = await transition(db, id, event, reason, changes);
  if (landed) return landed;
  const { phase } = await db.selectFrom('deployments').select('phase').where('id', '=', id).executeTakeFirstOrThrow();
  if (sourcesOf(event).some(({ to }) => to === phase)) return phase;
  throw new KovaError('PHASE_CONFLICT', `${id} is ${phase}; "${event}" does not apply`);
}
