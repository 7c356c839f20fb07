import { setTimeout as sleep } from 'node:timers/promises';
import { CHANGE, CONNECT, ERROR, type KubernetesObject, ListWatch, Watch } from '@kubernetes/client-node';

/** What is watched: the path of a list, what lists it, and a selector. */
export interface Watched<T extends KubernetesObject> {
  config: ConstructorParameters<typeof Watch>[0];
  path: string;
  list: ConstructorParameters<typeof ListWatch<T>>[2];
  labelSelector?: string;
  fieldSelector?: string;
}

const retryMs = 250;

/**
 * Calls `changed` once the list is known and after each change until the signal aborts. The library lists again when the
 * server has forgotten the version (410 Gone) and goes on from bookmarks; what else goes wrong is tried again here.
 */
export function watchList<T extends KubernetesObject>(
  { config, path, list, labelSelector, fieldSelector }: Watched<T>,
  changed: () => void,
  signal: AbortSignal,
): void {
  const watch = new Watch(config);
  const informer = new ListWatch<T>(
    `${path}?allowWatchBookmarks=true`,
    watch,
    list,
    false,
    labelSelector,
    fieldSelector,
  );
  informer.on(CHANGE, changed);
  // What a lost connection hid is looked for as well.
  informer.on(CONNECT, changed);
  informer.on(ERROR, () => {
    void sleep(retryMs, undefined, { signal, ref: false }).then(
      () => informer.start(),
      () => {},
    );
  });
  signal.addEventListener('abort', () => void informer.stop(), { once: true });
  if (!signal.aborted) void informer.start();
}
