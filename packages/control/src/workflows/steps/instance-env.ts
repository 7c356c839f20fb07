import { concealed, type Secret } from '@kova/core/secret';
import type { Context } from '../../context.ts';
import type { Plan } from '../plan.ts';

type Env = Record<string, string | Secret>;

/** The whole environment of the release's instances; nothing is inherited. Its services run and let it in. */
export async function instanceEnv(ctx: Context, plan: Plan): Promise<Env> {
  return instanceEnvWith(ctx, plan, await servicesOf(ctx, plan));
}

/** As `instanceEnv`, with the variables of services that are there. An image knows where its programs are. */
export function instanceEnvWith(ctx: Context, plan: Plan, services: Env): Env {
  const env = releaseEnvWith(plan, services);
  return plan.release.config.runtime === 'process' ? { PATH: ctx.appPath, ...env } : env;
}

/** What the instances and the migrations of a release have in common; its services are as it wants them from now on. */
export async function releaseEnv(ctx: Context, plan: Plan): Promise<Env> {
  return releaseEnvWith(plan, await servicesOf(ctx, plan, { adjust: true }));
}

function servicesOf(ctx: Context, { deployment, release }: Plan, options?: { adjust: boolean }): Promise<Env> {
  const { project, environment } = deployment;
  return ctx.services.ensure({ project, environment, config: release.config }, options);
}

function releaseEnvWith({ deployment, release, environment }: Plan, services: Env): Env {
  return {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    KOVA_PROJECT: deployment.project,
    KOVA_ENVIRONMENT: deployment.environment,
    KOVA_RELEASE_ID: release.id,
    KOVA_COMMIT: release.commit,
    ...services,
    ...Object.fromEntries(Object.entries(environment.env).map(([name, value]) => [name, concealed(name, value)])),
  };
}
