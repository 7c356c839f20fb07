import type { ProjectConfig } from '../config/schema.ts';

/** The host names of an environment: its own, or `<environment>.<project>.localhost`. */
export function hostsOf(config: ProjectConfig, environment: string): string[] {
  const own = config.environments[environment]?.hosts ?? [];
  return own.length > 0 ? own : [`${environment}.${config.name}.localhost`];
}
