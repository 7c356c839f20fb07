import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Context } from '../context.ts';
import type { Workflows } from './register.ts';

/** Starts what was recorded, but lost its control plane before its workflow began. Idempotent. */
export async function startRecorded({ db }: Context, workflows: Workflows): Promise<void> {
  const ships = await db.selectFrom('ships').select('id').where('ended_at', 'is', null).execute();
  for (const { id } of ships) if (!(await hasBegun(id))) await workflows.ship(id);
  // A deployment of a ship is started by the ship.
  const deployments = await db
    .selectFrom('deployments')
    .select(['id', 'project', 'environment', 'kind'])
    .where('phase', '=', 'queued')
    .where('ship', 'is', null)
    .orderBy('created_at')
    .execute();
  for (const deployment of deployments) if (!(await hasBegun(deployment.id))) await workflows.deployment(deployment);
}

async function hasBegun(id: string): Promise<boolean> {
  return (await DBOS.getWorkflowStatus(id)) !== null;
}
