import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Stored } from './object.ts';
import { resourceOf } from './resources.ts';
import { conflict, expired, notFound } from './status.ts';

export interface Change {
  version: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: Stored;
  /** As it was before; null when it is new. */
  before: Stored | null;
}

type Key = string;

/** What a new object must have; the store adds the rest. */
export type Draft = Omit<Stored, 'metadata'> & {
  apiVersion: string;
  kind: string;
  metadata: Partial<Stored['metadata']> & { name: string };
};

const keyOf = (kind: string, namespace: string | undefined, name: string): Key => `${kind}/${namespace ?? ''}/${name}`;

/** Objects with versions that only grow, and the changes between them: what etcd is for an API server. */
export class Store {
  readonly #objects = new Map<Key, Stored>();
  #version = 1;
  #changes: Change[] = [];
  /** Changes up to this version are forgotten. */
  #compacted = 0;
  readonly changed = new EventEmitter<{ change: [Change] }>().setMaxListeners(0);

  get version(): number {
    return this.#version;
  }

  list(kind: string, namespace?: string): Stored[] {
    const all = [...this.#objects.values()].filter((object) => object.kind === kind);
    return all.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace).map(copy);
  }

  find(kind: string, namespace: string | undefined, name: string): Stored | null {
    const found = this.#objects.get(keyOf(kind, namespace, name));
    return found ? copy(found) : null;
  }

  get(kind: string, namespace: string | undefined, name: string): Stored {
    const found = this.find(kind, namespace, name);
    if (!found) throw notFound(`${resourceOf(kind).plural} "${name}"`);
    return found;
  }

  all(): Stored[] {
    return [...this.#objects.values()].map(copy);
  }

  create(draft: Draft): Stored {
    const { kind, metadata } = draft;
    const key = keyOf(kind, metadata.namespace, metadata.name);
    if (this.#objects.has(key)) throw conflict(`${resourceOf(kind).plural} "${metadata.name}" already exists`);
    if (metadata.namespace && !this.#objects.has(keyOf('Namespace', '', metadata.namespace)))
      throw notFound(`namespaces "${metadata.namespace}"`);
    const creationTimestamp = new Date().toISOString().replace(/\.\d+/, '');
    const object = { ...draft, metadata: { ...metadata, uid: randomUUID(), creationTimestamp, resourceVersion: '' } };
    return this.#put('ADDED', key, object, null);
  }

  /** Refused when it has changed since it was read: optimistic locking by the resourceVersion. */
  update(object: Stored): Stored {
    const { kind, metadata } = object;
    const before = this.get(kind, metadata.namespace, metadata.name);
    if (before.metadata.uid !== metadata.uid || before.metadata.resourceVersion !== metadata.resourceVersion)
      throw conflict('the object has been modified; please apply your changes to the latest version and try again');
    if (isDeepStrictEqual(before, object)) return before;
    const key = keyOf(kind, metadata.namespace, metadata.name);
    if (metadata.deletionTimestamp && !metadata.finalizers?.length && kind !== 'Pod') return this.remove(object);
    return this.#put('MODIFIED', key, object, before);
  }

  /** Changes what is there, as a status update does; nothing when it is gone. */
  change(object: Stored, change: (object: Stored) => void): void {
    const now = this.find(object.kind, object.metadata.namespace, object.metadata.name);
    if (now?.metadata.uid !== object.metadata.uid) return;
    change(now);
    this.update(now);
  }

  remove(object: Stored): Stored {
    const { kind, metadata } = object;
    const key = keyOf(kind, metadata.namespace, metadata.name);
    const before = this.#objects.get(key) ?? null;
    this.#objects.delete(key);
    return this.#record('DELETED', copy(object), before);
  }

  /** Those after `version`. @throws Refusal 410 when they are forgotten */
  since(version: number): Change[] {
    if (version < this.#compacted) throw expired(`too old resource version: ${version} (${this.#compacted})`);
    return this.#changes.filter((change) => change.version > version);
  }

  /** Forgets the changes so far, as etcd does after five minutes. */
  compact(): void {
    this.#version += 1;
    this.#compacted = this.#version;
    this.#changes = [];
  }

  #put(type: 'ADDED' | 'MODIFIED', key: Key, object: Stored, before: Stored | null): Stored {
    const stored = copy(object);
    this.#objects.set(key, stored);
    return this.#record(type, stored, before);
  }

  #record(type: Change['type'], object: Stored, before: Stored | null): Stored {
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    const change = { version: this.#version, type, object: copy(object), before };
    this.#changes.push(change);
    this.changed.emit('change', change);
    return copy(object);
  }
}

function copy<T>(value: T): T {
  return structuredClone(value);
}
