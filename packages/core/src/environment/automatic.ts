import type { ProjectConfig } from '../config/schema.ts';

/** Of environments in the order of promotion those that a release comes to by itself: up to the first that is manual. */
export function automatic(names: readonly string[], environments: ProjectConfig['environments']): string[] {
  const manual = names.findIndex((name) => environments[name]?.deploy === 'manual');
  return manual < 0 ? [...names] : names.slice(0, manual);
}
