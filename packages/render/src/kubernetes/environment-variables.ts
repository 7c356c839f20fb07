import type { ProjectConfig } from '@kova/core/config/schema';
import { concealed, Secret } from '@kova/core/secret';
import { fingerprint } from './fingerprint.ts';

/** A variable whose value is in a Secret of the cluster, under its own name. */
export interface SecretVariable {
  name: string;
  /** The instance starts without it. */
  optional: boolean;
}

/** What instances find in their environment, besides what Kova adds. */
export interface EnvironmentVariables {
  plain: Readonly<Record<string, string>>;
  secret: readonly SecretVariable[];
}

/** Of an environment. What looks like a secret is never written down: it becomes a reference. */
export function variablesOf(config: ProjectConfig, environment: string): EnvironmentVariables {
  const own = config.environments[environment];
  const kept = Object.keys(own?.secrets ?? {}).map((name) => [name, { optional: false }] as const);
  const given = { ...servicesOf(config), ...Object.fromEntries(kept), ...own?.env };
  const entries = Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1));
  const plain: Record<string, string> = {};
  const secret: SecretVariable[] = [];
  for (const [name, value] of entries) {
    if (typeof value !== 'string') secret.push({ name, optional: value.optional });
    else if (concealed(name, value) instanceof Secret) secret.push({ name, optional: false });
    else plain[name] = value;
  }
  return { plain, secret };
}

/** The ConfigMap of these variables: another content has another name, so that no slot is changed under its feet. */
export function configMapName(variables: EnvironmentVariables): string {
  return `app-env-${fingerprint(JSON.stringify(variables.plain))}`;
}

function servicesOf({ services }: ProjectConfig): Record<string, string | { optional: boolean }> {
  const entries = Object.values(services).map((service) => {
    if (service.kind === 'postgres') return ['DATABASE_URL', { optional: false }] as const;
    return ['REDIS_URL', service.url ?? { optional: service.optional }] as const;
  });
  return Object.fromEntries(entries);
}
