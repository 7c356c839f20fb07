import { KovaError } from '@kova/core/errors/kova-error';
import type { V1ObjectMeta } from '@kubernetes/client-node';
import { homeLabel } from '../../../engine/labels.ts';

/** As which the API server knows the fields that Kova sets. */
export const fieldManager = 'kova';

/** What this home has made in the cluster, as a selector of labels. */
export function homeSelector(home: string): string {
  return `app.kubernetes.io/managed-by=kova,${homeLabel}=${home}`;
}

export function isOwn(home: string, metadata: V1ObjectMeta | undefined): boolean {
  return metadata?.labels?.[homeLabel] === home;
}

/** @throws KovaError CONFLICT for what somebody else has made, or another home of Kova */
export function refuseForeign(home: string, what: string, metadata: V1ObjectMeta | undefined): void {
  if (isOwn(home, metadata)) return;
  const maker = metadata?.labels?.[homeLabel] ? 'another home of Kova' : 'somebody else';
  throw new KovaError('CONFLICT', `${what} was made by ${maker}`, {
    next: 'Remove it, or give the project or the environment another name.',
  });
}
