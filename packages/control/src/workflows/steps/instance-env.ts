import { concealed, type Secret } from '@kova/core/secret';
import type { Context } from '../../context.ts';
import type { Plan } from '../plan.ts';

type Env = Record<string, string | Secret>;

/** The whole environment of the release's instances; nothing is inherited. An image knows where its programs are. */
export async function instanceEnv(ctx: Context, plan: Plan): Promise<Env> {
  const env = await releaseEnv(ctx, plan);
  return plan.release.config.runtime === 'docker' ? env : { PATH: ctx.appPath, ...env };
}

/** What the instances and the migrations of a release have in common; its services run and let it in. */
export async function releaseEnv(ctx: Context, plan: Plan, options: { adjust?: boolean } = {}): Promise<Env> {
  const { deployment, release, environment } = plan;
  const { project, environment: name } = deployment;
  return {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    KOVA_PROJECT: project,
    KOVA_ENVIRONMENT: name,
    KOVA_RELEASE_ID: release.id,
    KOVA_COMMIT: release.commit,
    ...(await ctx.services.ensure({ project, environment: name, config: release.config }, options)),
    ...Object.fromEntries(Object.entries(environment.env).map(([name, value]) => [name, concealed(name, value)])),
  };
}
