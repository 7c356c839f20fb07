import { colourOf, type SlotId } from '@kova/core/environment/slot';
import { slotSelector } from '@kova/render/kubernetes';
import type { V1Deployment, V1OwnerReference, V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../api/cluster.ts';
import { clusterCall, ifThere } from '../api/explain.ts';
import { homeSelector } from '../api/owned.ts';
import { placeOf } from '../slot/objects.ts';

export function podSelector(home: string, slot: SlotId): string {
  const { project, environment } = placeOf(slot);
  const labels = Object.entries(slotSelector(project, environment, colourOf(slot)));
  return [homeSelector(home), ...labels.map(([key, value]) => `${key}=${value}`)].join(',');
}

/** The pods that the Deployment has made, oldest first. Labels can be forged, so each must come from it by its uid. */
export async function podsOf(cluster: Cluster, home: string, slot: SlotId, deployment: V1Deployment): Promise<V1Pod[]> {
  const { namespace } = placeOf(slot);
  const labelSelector = podSelector(home, slot);
  const { items } = await clusterCall(`listing the pods of ${slot}`, () =>
    cluster.core.listNamespacedPod({ namespace, labelSelector }),
  );
  return ownedPods(cluster, deployment, items);
}

/** Those of `pods` that come from the Deployment by way of one of its ReplicaSets. */
export async function ownedPods(cluster: Cluster, deployment: V1Deployment, pods: readonly V1Pod[]): Promise<V1Pod[]> {
  const sets = new Map<string, V1OwnerReference>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner?.kind === 'ReplicaSet') sets.set(owner.uid, owner);
  }
  const namespace = deployment.metadata?.namespace ?? '';
  const own = new Set<string>();
  for (const { uid, name } of sets.values()) {
    const set = await ifThere(`reading ReplicaSet ${name}`, () =>
      cluster.apps.readNamespacedReplicaSet({ name, namespace }),
    );
    if (set?.metadata?.uid === uid && controllerOf(set)?.uid === deployment.metadata?.uid) own.add(uid);
  }
  return pods.filter((pod) => own.has(controllerOf(pod)?.uid ?? '')).sort(byAge);
}

function controllerOf(object: { metadata?: { ownerReferences?: V1OwnerReference[] } }): V1OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find(({ controller }) => controller);
}

function byAge(a: V1Pod, b: V1Pod): number {
  const [ageA, ageB] = [a, b].map(({ metadata }) => Number(metadata?.creationTimestamp ?? 0));
  return (ageA ?? 0) - (ageB ?? 0) || (a.metadata?.name ?? '').localeCompare(b.metadata?.name ?? '');
}
