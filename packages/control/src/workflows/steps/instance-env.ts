import { concealed, type Secret } from '@kova/core/secret';
import type { Context } from '../../context.ts';
import type { Plan } from '../plan.ts';

type Env = Record<string, string | Secret>;

/** The whole environment of the release's instances; nothing is inherited. An image knows where its programs are. */
export async function instanceEnv(ctx: Context, plan: Plan): Promise<Env> {
  const env = await releaseEnv(ctx, plan);
  return plan.release.config.runtime === 'process' ? { PATH: ctx.appPath, ...env } : env;
}

/** What the instances and the migrations of a release have in common. */
export async function releaseEnv(ctx: Context, plan: Plan): Promise<Env> {
  const { deployment, release, environment } = plan;
  const services = Object.values(release.config.services);
  const hasDatabase = services.some((service) => service.kind === 'postgres');
  const redis = services.find((service) => service.kind === 'redis');
  const database = hasDatabase ? await ctx.databases.ensure(deployment.project, deployment.environment) : null;
  return {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    KOVA_PROJECT: deployment.project,
    KOVA_ENVIRONMENT: deployment.environment,
    KOVA_RELEASE_ID: release.id,
    KOVA_COMMIT: release.commit,
    ...(database ? { DATABASE_URL: database.url } : {}),
    ...(redis?.kind === 'redis' && redis.url ? { REDIS_URL: concealed('REDIS_URL', redis.url) } : {}),
    ...Object.fromEntries(Object.entries(environment.env).map(([name, value]) => [name, concealed(name, value)])),
  };
}
