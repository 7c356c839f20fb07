import type { AppConfig, EnvironmentConfig } from '@kova/core/config/schema';
import type { Deployment } from '@kova/core/deployment/deployment';
import { type Colour, type SlotId, slotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { configurationOf } from '../store/configuration.ts';
import type { Store } from '../store/connect.ts';
import { findDeployment } from '../store/deployments.ts';
import { findRelease, type Release } from '../store/releases.ts';

/**
 * What a deployment's steps work with, from the ledger; the configuration is the release's own, or one that it was
 * given.
 */
export interface Plan {
  deployment: Deployment;
  release: Release;
  environment: EnvironmentConfig;
  app: AppConfig;
  colour: Colour;
  slot: SlotId;
  /** Where the release is unpacked. */
  directory: string;
}

/** @throws KovaError NOT_FOUND */
export async function requireDeployment(db: Store, id: string): Promise<Deployment> {
  const deployment = await findDeployment(db, id);
  if (!deployment) throw new KovaError('NOT_FOUND', `there is no deployment ${id}`);
  return deployment;
}

/** The plan of a deployment that has its slot. */
export async function readPlan(ctx: Context, id: string): Promise<Plan> {
  const deployment = await requireDeployment(ctx.db, id);
  const built = await findRelease(ctx.db, deployment.release);
  const given = await configurationOf(ctx.db, id);
  const release = built && { ...built, config: given?.config ?? built.config };
  const environment = release?.config.environments[deployment.environment];
  if (!release || !environment || !deployment.colour) {
    throw new KovaError('NOT_FOUND', `${deployment.release} knows no environment ${deployment.environment}`);
  }
  const { project, colour } = deployment;
  const slot = slotId(project, deployment.environment, colour);
  return {
    deployment,
    release,
    environment,
    app: release.config.app,
    colour,
    slot,
    directory: `${ctx.home.slots}/${slot}`,
  };
}
