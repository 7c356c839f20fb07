import { concealed, type Secret } from '@kova/core/secret';
import type { Context } from '../../context.ts';
import type { Plan } from '../plan.ts';

/** The whole environment of the release's processes: instances and migrations see the same. Nothing is inherited. */
export async function instanceEnv(
  ctx: Context,
  plan: Plan,
  options: { adjust?: boolean } = {},
): Promise<Record<string, string | Secret>> {
  const { deployment, release, environment } = plan;
  const { project, environment: name } = deployment;
  return {
    PATH: ctx.appPath,
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
