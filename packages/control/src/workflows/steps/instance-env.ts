import { concealed, type Secret } from '@kova/core/secret';
import type { Context } from '../../context.ts';
import type { Database } from '../../ports/databases.ts';
import type { Plan } from '../plan.ts';

/** The whole environment of the release's processes: instances and migrations see the same. Nothing is inherited. */
export async function instanceEnv(ctx: Context, plan: Plan): Promise<Record<string, string | Secret>> {
  const { deployment, release } = plan;
  const hasDatabase = Object.values(release.config.services).some((service) => service.kind === 'postgres');
  const database = hasDatabase ? await ctx.databases.ensure(deployment.project, deployment.environment) : null;
  return instanceEnvWith(ctx, plan, database);
}

/** As `instanceEnv`, with a database that is there. */
export function instanceEnvWith(
  ctx: Context,
  { deployment, release, environment }: Plan,
  database: Database | null,
): Record<string, string | Secret> {
  const redis = Object.values(release.config.services).find((service) => service.kind === 'redis');
  return {
    PATH: ctx.appPath,
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
