import { setTimeout as sleep } from 'node:timers/promises';
import {
  CHANGE,
  CONNECT,
  ERROR,
  type KubeConfig,
  type KubernetesObject,
  ListWatch,
  Watch,
} from '@kubernetes/client-node';

/** What is watched: the path of a list, what lists it, and a selector. */
export interface Watched<T extends KubernetesObject> {
  config: KubeConfig;
  path: string;
  list: ConstructorParameters<typeof ListWatch<T>>[2];
  labelSelector: string;
}

const retryMs = 250;

/**
 * Calls `changed` with each object that was added, changed or removed, and without one whenever something may have been
 * missed, until the signal aborts. The library lists again when the server has forgotten the version (410 Gone) and goes
 * on from bookmarks; what else goes wrong is tried again here.
 */
export function watchList<T extends KubernetesObject>(
  { config, path, list, labelSelector }: Watched<T>,
  changed: (object?: T) => void,
  signal: AbortSignal,
): void {
  const watch = new Watch(config);
  const informer = new ListWatch<T>(`${path}?allowWatchBookmarks=true`, watch, list, false, labelSelector);
  informer.on(CHANGE, changed);
  informer.on(CONNECT, () => changed());
  informer.on(ERROR, () => {
    void sleep(retryMs, undefined, { signal, ref: false }).then(
      () => informer.start(),
      () => {},
    );
  });
  signal.addEventListener('abort', () => void informer.stop(), { once: true });
  if (!signal.aborted) void informer.start();
}
