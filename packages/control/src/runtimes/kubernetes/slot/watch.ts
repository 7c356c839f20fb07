import { type Colour, type SlotId, slotId } from '@kova/core/environment/slot';
import type { KubernetesObject } from '@kubernetes/client-node';
import { Changes } from '../api/changes.ts';
import type { Cluster } from '../api/cluster.ts';
import { homeSelector } from '../api/owned.ts';
import { watchList } from '../api/watch-list.ts';

/** Tells of each slot when its Deployment or one of its pods changes: two watches for all that a home has in the cluster. */
export class SlotWatch {
  readonly #cluster: Cluster;
  readonly #labelSelector: string;
  readonly #slots = new Map<SlotId, Changes>();
  readonly #ended = new AbortController();
  #begun = false;

  constructor(cluster: Cluster, home: string) {
    this.#cluster = cluster;
    this.#labelSelector = homeSelector(home);
  }

  changesOf(slot: SlotId): Changes {
    this.#begin();
    const changes = this.#slots.get(slot) ?? new Changes();
    this.#slots.set(slot, changes);
    return changes;
  }

  close(): void {
    this.#ended.abort();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const { config, core, apps } = this.#cluster;
    const labelSelector = this.#labelSelector;
    const pods = { path: '/api/v1/pods', list: () => core.listPodForAllNamespaces({ labelSelector }) };
    const deployments = {
      path: '/apis/apps/v1/deployments',
      list: () => apps.listDeploymentForAllNamespaces({ labelSelector }),
    };
    watchList({ config, labelSelector, ...pods }, this.#changed, this.#ended.signal);
    watchList({ config, labelSelector, ...deployments }, this.#changed, this.#ended.signal);
  }

  readonly #changed = (object?: KubernetesObject): void => {
    if (!object) {
      for (const changes of this.#slots.values()) changes.ring();
      return;
    }
    const labels = object.metadata?.labels ?? {};
    const [project = '', environment = ''] = [labels['app.kubernetes.io/name'], labels['dev.kova.environment']];
    this.#slots.get(slotId(project, environment, labels['dev.kova.slot'] as Colour))?.ring();
  };
}
