import { type KubernetesObject, PatchStrategy } from '@kubernetes/client-node';
import { homeLabel } from '../../../engine/labels.ts';
import type { Cluster } from './cluster.ts';
import { clusterCall, ifThere } from './explain.ts';
import { fieldManager, refuseForeign } from './owned.ts';

/** What an object must have to be applied; the rest is for the API server to judge. */
export interface Appliable {
  apiVersion: string;
  kind: string;
  metadata?: { name?: string | undefined; namespace?: string | undefined; labels?: Record<string, string> | undefined };
}

/**
 * Makes the object, or brings what this home has made before to what is given, by server-side apply: fields that others
 * have added stay. Taking over is forced for the given fields alone, and the uid makes sure that it is still the same
 * object that was looked at.
 * @throws KovaError CONFLICT when somebody else has made it
 */
export async function apply(cluster: Cluster, home: string, object: Appliable): Promise<void> {
  const { apiVersion, kind } = object;
  const { name = '', namespace, labels } = object.metadata ?? {};
  const what = `${kind} ${name}`;
  const header = { apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) } };
  const there = await ifThere(`looking for ${what}`, () => cluster.objects.read(header));
  if (there) refuseForeign(home, what, there.metadata);
  const uid = there?.metadata?.uid;
  const metadata = { ...object.metadata, labels: { ...labels, [homeLabel]: home }, ...(uid ? { uid } : {}) };
  const wanted = { ...object, metadata } as KubernetesObject;
  await clusterCall(`applying ${what}`, () =>
    cluster.objects.patch(wanted, undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply),
  );
}
