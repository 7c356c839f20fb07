import type { Colour } from '@kova/core/environment/slot';

/** Of every object of an environment. Values are names of Kova, which are labels already. */
export function environmentLabels(project: string, environment: string): Record<string, string> {
  return {
    'app.kubernetes.io/managed-by': 'kova',
    'app.kubernetes.io/name': project,
    'dev.kova.environment': environment,
  };
}

/** By these a slot finds its pods; they never change, as selectors cannot. */
export function slotSelector(project: string, environment: string, colour: Colour): Record<string, string> {
  return { 'app.kubernetes.io/name': project, 'dev.kova.environment': environment, 'dev.kova.slot': colour };
}
