import type { Colour } from '@kova/core/environment/slot';
import { fingerprint } from './fingerprint.ts';

/** Longest name of a namespace, a Service or a value of a label (RFC 1123 label). */
const longest = 63;

/**
 * The namespace of an environment, its own: two dashes tell `a-b` in `c` from `a` in `b-c`. Names that cannot be told
 * apart so, or are too long, end with a fingerprint.
 */
export function namespaceOf(project: string, environment: string): string {
  const plain = `${project}--${environment}`;
  if (plain.length <= longest && ![project, environment].some((name) => name.includes('--'))) return plain;
  const mark = fingerprint(`${project}/${environment}`);
  return `${plain.slice(0, longest - mark.length - 3).replace(/-+$/, '')}--x${mark}`;
}

/** What all slots share. Objects have these names in every namespace; a namespace holds one environment. */
export const appName = 'app';

/** The Secret that the app's secret variables are taken from; made by whoever runs the cluster. */
export const secretsName = 'app-secrets';

export function slotName(colour: Colour): string {
  return `${appName}-${colour}`;
}
