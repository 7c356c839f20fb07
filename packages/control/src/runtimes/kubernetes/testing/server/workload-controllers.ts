import { createHash, randomBytes } from 'node:crypto';
import { deleteObject } from './deletion.ts';
import { isControlledBy, type OwnerReference, type Stored } from './object.ts';
import type { Store } from './store.ts';

/** One round of the controllers of Deployments and ReplicaSets: Deployments get a ReplicaSet, ReplicaSets their pods. */
export function reconcileWorkloads(store: Store): void {
  for (const deployment of store.list('Deployment'))
    if (!deployment.metadata.deletionTimestamp) makeSet(store, deployment);
  for (const set of store.list('ReplicaSet')) if (!set.metadata.deletionTimestamp) makePods(store, set);
}

function makeSet(store: Store, deployment: Stored): void {
  const { name, namespace } = deployment.metadata;
  const { template, replicas = 1 } = deployment.spec;
  const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);
  const sets = store.list('ReplicaSet', namespace).filter((set) => isControlledBy(set, deployment));
  const current = sets.find((set) => set.metadata.labels?.['pod-template-hash'] === hash);
  if (current) {
    if (current.spec.replicas !== replicas) store.update({ ...current, spec: { ...current.spec, replicas } });
    return;
  }
  const labels = { ...template.metadata.labels, 'pod-template-hash': hash };
  store.create({
    ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
    metadata: { name: `${name}-${hash}`, namespace, labels, ownerReferences: [controlledBy(deployment)] } as never,
    spec: { replicas, template: { ...template, metadata: { ...template.metadata, labels } } },
  });
}

function makePods(store: Store, set: Stored): void {
  const { name, namespace } = set.metadata;
  const pods = store
    .list('Pod', namespace)
    .filter((pod) => isControlledBy(pod, set) && !pod.metadata.deletionTimestamp && pod.status?.phase !== 'Failed');
  for (let missing = set.spec.replicas - pods.length; missing > 0; missing -= 1) {
    store.create({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        ...{ name: `${name}-${randomBytes(3).toString('hex').slice(0, 5)}`, namespace },
        labels: set.spec.template.metadata.labels,
        ownerReferences: [controlledBy(set)],
      } as never,
      spec: set.spec.template.spec,
      status: { phase: 'Pending' },
    });
  }
  for (const pod of pods.slice(set.spec.replicas)) deleteObject(store, pod, {});
}

function controlledBy({ apiVersion, kind, metadata }: Stored): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}
