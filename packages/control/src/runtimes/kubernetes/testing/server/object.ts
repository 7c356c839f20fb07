export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface Metadata {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
}

/** An object of the API. */
export interface Stored {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  // Its kind decides what is in it.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  [field: string]: any;
}

/** The value at `metadata.labels.app`; undefined when there is none. */
export function fieldAt(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((within, key) => (within as Record<string, unknown> | undefined)?.[key], object);
}

export function isControlledBy(object: Stored, owner: Stored): boolean {
  return (
    object.metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === owner.metadata.uid) ?? false
  );
}
