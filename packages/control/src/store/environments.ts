import type { Colour } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { sql } from 'kysely';
import { configurationOf } from './configuration.ts';
import type { Store } from './connect.ts';
import { findRelease, type Release } from './releases.ts';

export interface SlotRecord {
  colour: Colour;
  release: string;
  deployment: string;
  standbyUntil: Date | null;
}

export interface EnvironmentRecord {
  project: string;
  name: string;
  liveDeployment: string | null;
  /** The release and slot of the live deployment. */
  live: SlotRecord | null;
  slots: SlotRecord[];
  weights: Record<Colour, number>;
  schemaVersion: number | null;
}

/** @throws KovaError NOT_FOUND */
export async function readEnvironment(db: Store, project: string, name: string): Promise<EnvironmentRecord> {
  const row = await db
    .selectFrom('environments')
    .selectAll()
    .where('project', '=', project)
    .where('name', '=', name)
    .executeTakeFirst();
  if (!row) throw new KovaError('NOT_FOUND', `there is no environment ${name} of ${project}`);
  const slots = await readSlots(db, project, name);
  return {
    project,
    name,
    liveDeployment: row.live_deployment,
    live: slots.find((slot) => slot.deployment === row.live_deployment) ?? null,
    slots,
    weights: { blue: row.blue_weight, green: row.green_weight },
    schemaVersion: row.schema_version,
  };
}

async function readSlots(db: Store, project: string, environment: string): Promise<SlotRecord[]> {
  const rows = await db
    .selectFrom('slots')
    .select(['colour', 'release', 'deployment', 'standby_until'])
    .where('project', '=', project)
    .where('environment', '=', environment)
    .execute();
  return rows.map(({ standby_until: standbyUntil, ...slot }) => ({ ...slot, standbyUntil }));
}

/** Gives the slot to a deployment that prepares it. @throws KovaError PHASE_CONFLICT when it is past that */
export async function occupySlot(db: Store, project: string, environment: string, slot: SlotRecord): Promise<void> {
  const values = { release: slot.release, deployment: slot.deployment, standby_until: slot.standbyUntil };
  await db.transaction().execute(async (trx) => {
    const preparing = await trx
      .selectFrom('deployments')
      .select('id')
      .where('id', '=', slot.deployment)
      // The phase after it as well: the step may run again.
      .where('phase', 'in', ['preparing', 'migrating'])
      .forUpdate()
      .executeTakeFirst();
    if (!preparing) throw new KovaError('PHASE_CONFLICT', `${slot.deployment} prepares its slot no more`);
    await trx
      .insertInto('slots')
      .values({ project, environment, colour: slot.colour, ...values })
      .onConflict((on) => on.columns(['project', 'environment', 'colour']).doUpdateSet(values))
      .execute();
  });
}

/**
 * Gives up the slot, unless another deployment has taken it or users are on it. `stop` runs while the slot's row is
 * locked, so that nobody takes it meanwhile. Says whether the slot is free. Idempotent.
 */
export async function releaseSlot(
  db: Store,
  project: string,
  environment: string,
  { colour, deployment }: SlotRecord,
  stop: () => Promise<void>,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    // An app may take as long to stop as it was given.
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
    const mine = trx
      .selectFrom('slots')
      .select('deployment')
      .where('project', '=', project)
      .where('environment', '=', environment)
      .where('colour', '=', colour);
    const there = await mine.forUpdate().executeTakeFirst();
    const { weights } = await readEnvironment(trx, project, environment);
    if (weights[colour] > 0) return false;
    if (!there) return true;
    if (there.deployment !== deployment) return false;
    await stop();
    await trx
      .deleteFrom('slots')
      .where('project', '=', project)
      .where('environment', '=', environment)
      .where('colour', '=', colour)
      .execute();
    return true;
  });
}

/** The release that runs in a slot, with the configuration that it runs with there. */
export async function releaseIn(db: Store, slot: SlotRecord): Promise<Release> {
  const release = await findRelease(db, slot.release);
  if (!release) throw new KovaError('NOT_FOUND', `there is no release ${slot.release}`);
  const given = await configurationOf(db, slot.deployment);
  return given ? { ...release, config: given.config } : release;
}

/** Sets who takes which share, while the deployment is in a phase that may move traffic. Says whether it landed. */
export async function setWeights(
  db: Store,
  deployment: { id: string; project: string; environment: string },
  phases: readonly ('shifting' | 'stabilizing' | 'reverting')[],
  weights: Readonly<Record<Colour, number>>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('environments')
    .set({ blue_weight: weights.blue, green_weight: weights.green })
    .where('project', '=', deployment.project)
    .where('name', '=', deployment.environment)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('deployments').select('id').where('id', '=', deployment.id).where('phase', 'in', phases)),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function becomeLive(
  db: Store,
  { id, project, environment }: { id: string; project: string; environment: string },
): Promise<void> {
  await db
    .updateTable('environments')
    .set({ live_deployment: id })
    .where('project', '=', project)
    .where('name', '=', environment)
    .execute();
}

/** The slot of a deployment that was replaced stays warm for so long, then it is stopped. */
export async function keepAsStandby(
  db: Store,
  { project, environment }: { project: string; environment: string },
  deployment: string,
  forMs: number,
): Promise<void> {
  await db
    .updateTable('slots')
    .set({ standby_until: new Date(Date.now() + forMs) })
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where('deployment', '=', deployment)
    .execute();
}

/** The environments of a project in the order of promotion; a stored configuration does not keep it. */
export async function environmentNames(db: Store, project: string): Promise<string[]> {
  const rows = await db
    .selectFrom('environments')
    .select('name')
    .where('project', '=', project)
    .orderBy('position')
    .execute();
  return rows.map(({ name }) => name);
}
