import type { ServerResponse } from 'node:http';
import type { Selector } from './selectors.ts';
import { Refusal } from './status.ts';
import type { Change, Store } from './store.ts';

export interface WatchWish {
  kind: string;
  namespace: string | undefined;
  selector: Selector;
  /** What the client knows already. */
  version: number;
  bookmarks: boolean;
}

/** Streams of changes: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export class Watchers {
  readonly #store: Store;
  readonly #open = new Map<ServerResponse, WatchWish>();

  constructor(store: Store) {
    this.#store = store;
    store.changed.on('change', (change) => {
      for (const [response, wish] of this.#open) send(response, wish, change);
    });
  }

  get count(): number {
    return this.#open.size;
  }

  open(response: ServerResponse, wish: WatchWish): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    try {
      for (const change of this.#store.since(wish.version)) send(response, wish, change);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      write(response, 'ERROR', error.status);
      response.end();
      return;
    }
    this.#open.set(response, wish);
    response.on('close', () => this.#open.delete(response));
  }

  /** Tells those that asked for it how far they are, though nothing of theirs has changed. */
  bookmark(): void {
    for (const [response, { bookmarks, kind }] of this.#open) {
      const metadata = { resourceVersion: String(this.#store.version) };
      if (bookmarks) write(response, 'BOOKMARK', { kind, apiVersion: 'v1', metadata });
    }
  }

  /** As when a connection is lost. */
  drop(): void {
    for (const response of this.#open.keys()) response.destroy();
  }
}

function send(response: ServerResponse, { kind, namespace, selector }: WatchWish, change: Change): void {
  const { object, before, type } = change;
  if (object.kind !== kind || (namespace !== undefined && object.metadata.namespace !== namespace)) return;
  const was = before !== null && selector(before);
  const is = type !== 'DELETED' && selector(object);
  if (was || is) write(response, is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED', object);
}

function write(response: ServerResponse, type: string, object: unknown): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}
