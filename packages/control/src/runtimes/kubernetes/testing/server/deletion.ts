import type { Stored } from './object.ts';
import { conflict } from './status.ts';
import type { Store } from './store.ts';

export interface DeleteOptions {
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  preconditions?: { uid?: string };
  gracePeriodSeconds?: number;
}

const foreground = 'foregroundDeletion';

/** What a DELETE does: https://kubernetes.io/docs/concepts/architecture/garbage-collection/. */
export function deleteObject(store: Store, object: Stored, options: DeleteOptions): Stored {
  const { metadata } = object;
  const { uid } = options.preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid)
    throw conflict(`the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid})`);
  if (metadata.deletionTimestamp) return object;
  const finalizers = [...(metadata.finalizers ?? [])];
  if (options.propagationPolicy === 'Foreground') finalizers.push(foreground);
  const graceful = object.kind === 'Pod';
  if (finalizers.length === 0 && !graceful) return store.remove(object);
  const grace = options.gracePeriodSeconds ?? object.spec?.terminationGracePeriodSeconds ?? 30;
  return store.update({
    ...object,
    metadata: {
      ...metadata,
      finalizers,
      deletionTimestamp: new Date().toISOString(),
      ...(graceful ? { deletionGracePeriodSeconds: grace } : {}),
    },
  });
}

/** One round of the garbage collector: dependents go with their owner, and before it when it waits for them. */
export function collectGarbage(store: Store): void {
  const all = store.all();
  for (const object of all) deleteDependent(store, object, all);
  for (const object of all.filter(waitsForDependents)) {
    if (!all.some((each) => ownedBy(each, object))) store.change(object, withoutFinalizer);
  }
}

function deleteDependent(store: Store, object: Stored, all: readonly Stored[]): void {
  if (object.metadata.deletionTimestamp || !object.metadata.ownerReferences?.length) return;
  const owners = all.filter((owner) => ownedBy(object, owner));
  if (owners.length === 0) deleteObject(store, object, {});
  else if (owners.some(waitsForDependents)) {
    deleteObject(store, object, { propagationPolicy: object.kind === 'Pod' ? 'Background' : 'Foreground' });
  }
}

function withoutFinalizer({ metadata }: Stored): void {
  metadata.finalizers = (metadata.finalizers ?? []).filter((each) => each !== foreground);
}

function waitsForDependents({ metadata }: Stored): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(foreground);
}

function ownedBy(object: Stored, owner: Stored): boolean {
  return object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) ?? false;
}
