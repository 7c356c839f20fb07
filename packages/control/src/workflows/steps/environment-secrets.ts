import type { ProjectConfig } from '@kova/core/config/schema';
import { automatic } from '@kova/core/environment/automatic';
import type { Secret } from '@kova/core/secret';
import type { Context } from '../../context.ts';
import type { Plan } from '../plan.ts';

type Values = Record<string, Secret>;

/**
 * The variables of an environment that are secrets, with the values of today.
 * @throws KovaError SECRET_MISSING with the environment and the command that sets it; SECRET_UNREADABLE
 */
export async function environmentSecrets(
  { vault }: Pick<Context, 'vault'>,
  { project, environment: name }: { project: string; environment: string },
  config: Pick<ProjectConfig, 'environments'>,
): Promise<Values> {
  const wanted = wantedOf(config.environments[name]);
  const values = await vault.open(project, { name, secrets: wanted.map(([, secret]) => secret) });
  return Object.fromEntries(wanted.map(([variable, secret]) => [variable, values[secret] as Secret]));
}

/**
 * Before a commit is proved: what the environments that it goes to by itself will ask for.
 * @throws as environmentSecrets
 */
export async function requireSecrets(ctx: Pick<Context, 'vault'>, config: ProjectConfig): Promise<void> {
  const { name: project, environments } = config;
  for (const environment of automatic(Object.keys(environments), environments)) {
    await environmentSecrets(ctx, { project, environment }, config);
  }
}

/** The values that the release runs with in its slot: they may have changed since. Null where it does not run. */
export async function secretsInSlot(ctx: Pick<Context, 'runtime'>, plan: Plan): Promise<Values | null> {
  const running = (await ctx.runtime.slots()).find(({ slot }) => slot === plan.slot);
  if (running?.release !== plan.release.id) return null;
  const names = wantedOf(plan.environment).map(([variable]) => variable);
  return Object.fromEntries(Object.entries(running.env).filter(([name]) => names.includes(name))) as Values;
}

export function areSame(one: Values, other: Values): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length && names.every((name) => one[name]?.reveal() === other[name]?.reveal())
  );
}

/** A release that was built by an older Kova says nothing of them. */
function wantedOf(environment: ProjectConfig['environments'][string] | undefined): [string, string][] {
  return Object.entries(environment?.secrets ?? {});
}
