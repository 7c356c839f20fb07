import { createHash } from 'node:crypto';
import type { Secret } from '@kova/core/secret';

/** What Kova writes on all that it makes in an engine. A label alone proves nothing: anybody can write one. */
export const homeLabel = 'dev.kova.home';
const projectLabel = 'dev.kova.project';
const environmentLabel = 'dev.kova.environment';

/** Twelve hexadecimal digits which tell the homes that share an engine apart. */
export function homeMark(homeId: Secret): string {
  return createHash('sha256').update(homeId.reveal()).digest('hex').slice(0, 12);
}

/** Whose something is: labels of what belongs to an environment. */
export interface Place {
  /** Of `homeMark`. */
  home: string;
  project: string;
  environment: string;
}

export function placeLabels({ home, project, environment }: Place): Record<string, string> {
  return { [homeLabel]: home, [projectLabel]: project, [environmentLabel]: environment };
}
