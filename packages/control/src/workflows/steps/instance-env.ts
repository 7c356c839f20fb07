import { concealed, type Secret } from '@kova/core/secret';
import type { Context } from '../../context.ts';
import type { Database } from '../../ports/databases.ts';
import type { Plan } from '../plan.ts';

type Env = Record<string, string | Secret>;

/** The whole environment of the release's instances; nothing is inherited. */
export async function instanceEnv(ctx: Context, plan: Plan): Promise<Env> {
  return instanceEnvWith(ctx, plan, await databaseOf(ctx, plan));
}

/** As `instanceEnv`, with a database that is there. An image knows where its programs are. */
export function instanceEnvWith(ctx: Context, plan: Plan, database: Database | null): Env {
  const env = releaseEnvWith(plan, database);
  return plan.release.config.runtime === 'process' ? { PATH: ctx.appPath, ...env } : env;
}

/** What the instances and the migrations of a release have in common. */
export async function releaseEnv(ctx: Context, plan: Plan): Promise<Env> {
  return releaseEnvWith(plan, await databaseOf(ctx, plan));
}

async function databaseOf(ctx: Context, { deployment, release }: Plan): Promise<Database | null> {
  const wanted = Object.values(release.config.services).some((service) => service.kind === 'postgres');
  return wanted ? ctx.databases.ensure(deployment.project, deployment.environment) : null;
}

function releaseEnvWith({ deployment, release, environment }: Plan, database: Database | null): Env {
  const redis = Object.values(release.config.services).find((service) => service.kind === 'redis');
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
