import type { ProjectConfig } from '../config/schema.ts';
import { diff, patch } from './diff.ts';
import { wayOf } from './way.ts';

/**
 * What of a wanted configuration can hold for a release that is built already: all but that which says how a release is
 * made, and that is as it was when this one was.
 */
export function applicable(ofRelease: ProjectConfig, wanted: ProjectConfig): ProjectConfig {
  const fixed = diff(wanted, ofRelease).filter(({ path }) => wayOf(path).way === 'release');
  return patch(wanted, fixed) as ProjectConfig;
}

/** The part of a configuration that concerns one environment. */
export function forEnvironment(config: ProjectConfig, name: string): ProjectConfig {
  const own = config.environments[name];
  return { ...config, environments: own ? { [name]: own } : {} };
}
