import { concealed, type Secret } from '@kova/core/secret';
import type { Context } from '../../context.ts';
import type { Plan } from '../plan.ts';
import { environmentSecrets, secretsInSlot } from './environment-secrets.ts';

type Env = Record<string, string | Secret>;

/**
 * The whole environment of the release's instances; nothing is inherited. Its services run and let it in. A standby
 * that is warm keeps the secrets that it was started with.
 */
export async function instanceEnv(ctx: Context, plan: Plan): Promise<Env> {
  const services = await servicesOf(ctx, plan);
  return instanceEnvWith(ctx, plan, {
    ...services,
    ...((await secretsInSlot(ctx, plan)) ?? (await secretsOf(ctx, plan))),
  });
}

/** As `instanceEnv`, with the variables of services and the secrets as given. An image knows where its programs are. */
export function instanceEnvWith(ctx: Context, plan: Plan, given: Env): Env {
  const env = releaseEnvWith(plan, given);
  return plan.release.config.runtime === 'process' ? { PATH: ctx.appPath, ...env } : env;
}

/** What the instances and the migrations of a release have in common; its services are as it wants them from now on. */
export async function releaseEnv(ctx: Context, plan: Plan): Promise<Env> {
  const services = await servicesOf(ctx, plan, { adjust: true });
  return releaseEnvWith(plan, { ...services, ...(await secretsOf(ctx, plan)) });
}

function secretsOf(ctx: Context, { deployment, release }: Plan): Promise<Env> {
  return environmentSecrets(ctx, deployment, release.config);
}

function servicesOf(ctx: Context, { deployment, release }: Plan, options?: { adjust: boolean }): Promise<Env> {
  const { project, environment } = deployment;
  return ctx.services.ensure({ project, environment, config: release.config }, options);
}

function releaseEnvWith({ deployment, release, environment }: Plan, given: Env): Env {
  return {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    KOVA_PROJECT: deployment.project,
    KOVA_ENVIRONMENT: deployment.environment,
    KOVA_RELEASE_ID: release.id,
    KOVA_COMMIT: release.commit,
    ...given,
    ...Object.fromEntries(Object.entries(environment.env).map(([name, value]) => [name, concealed(name, value)])),
  };
}
