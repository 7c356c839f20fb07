import type { ProjectConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';
import { expand } from '@kova/core/pipeline/graph';
import { resolveJobs } from '@kova/core/pipeline/resolve';
import type { Context } from '../context.ts';
import { latestConfig } from '../store/runs.ts';
import { removeSecret, secretsOf } from '../store/secrets.ts';
import type { SecretView } from './views.ts';

/**
 * The secrets of a project, without their values, and which jobs and environments of its newest configuration ask for
 * each.
 */
export async function listSecrets(ctx: Context, project: string): Promise<SecretView[]> {
  const config = await latestConfig(ctx.db, project);
  const graph = config ? expand(resolveJobs(config)) : [];
  return (await secretsOf(ctx.db, project)).map(({ name, set_by: setBy, set_at: setAt }) => ({
    ...{ name, setBy, setAt: setAt.toISOString() },
    environments: config && environmentsAsking(config, name),
    jobs: config && graph.filter(({ job }) => job.secrets.includes(name)).map((job) => job.name),
  }));
}

function environmentsAsking({ environments }: ProjectConfig, name: string): string[] {
  const asking = Object.entries(environments).filter(([, { secrets }]) => Object.values(secrets ?? {}).includes(name));
  return asking.map(([environment]) => environment);
}

/** @throws KovaError NOT_FOUND */
export async function forgetSecret(ctx: Context, project: string, name: string): Promise<void> {
  if (await removeSecret(ctx.db, project, name)) return;
  const next = `\`kova secrets list --project ${project}\` names those that there are.`;
  throw new KovaError('NOT_FOUND', `${project} has no secret ${name}`, { next });
}
