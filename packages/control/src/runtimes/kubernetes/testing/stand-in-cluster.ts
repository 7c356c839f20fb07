import { KubeConfig } from '@kubernetes/client-node';
import { Kubelet } from './node/kubelet.ts';
import type { NodeSettings } from './node/pod-worker.ts';
import { type ApiServer, startApiServer } from './server/api-server.ts';
import { collectGarbage, deleteObject } from './server/deletion.ts';
import type { Stored } from './server/object.ts';
import { Store } from './server/store.ts';
import { reconcileWorkloads } from './server/workload-controllers.ts';

/**
 * What the runtime is tested against: an API server by the documented conventions, the controllers that make pods of
 * Deployments, and a machine that runs them as processes. A real cluster differs in ways that nobody has seen yet.
 */
export interface StandInCluster {
  config: KubeConfig;
  store: Store;
  api: ApiServer;
  kubelet: Kubelet;
  /** Ends a pod as `kubectl delete pod` does; another takes its place. */
  deletePod(pod: Stored): void;
  close(): Promise<void>;
}

const token = 'stand-in';

export async function openStandInCluster(
  settings: Partial<NodeSettings> & Pick<NodeSettings, 'directory'>,
): Promise<StandInCluster> {
  const store = new Store();
  const kubelet = new Kubelet(store, { probeMs: 50, backOffMs: 50, ...settings });
  const api = await startApiServer(store, token, (pod, query, response) => {
    const worker = kubelet.worker(pod);
    if (worker) return worker.log.serve(query, response);
    const message = `container "app" in pod "${pod.metadata.name}" is waiting to start`;
    response
      .writeHead(400, { 'content-type': 'application/json' })
      .end(JSON.stringify({ kind: 'Status', message, code: 400 }));
  });
  const stopLoops = runLoops(store, kubelet);
  return {
    ...{ config: configFor(api.url), store, api, kubelet },
    deletePod: (pod) => void deleteObject(store, pod, {}),
    close: async () => {
      stopLoops();
      await kubelet.close();
      await api.close();
    },
  };
}

export function configFor(url: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'stand-in', server: url, skipTLSVerify: true }, { name: 'kova', token });
  return config;
}

/** Controllers and kubelet look at everything after each change, as often as there is something new. */
function runLoops(store: Store, kubelet: Kubelet): () => void {
  let asked = false;
  let over = false;
  const look = () => {
    asked = false;
    if (over) return;
    collectGarbage(store);
    reconcileWorkloads(store);
    kubelet.sync();
  };
  store.changed.on('change', () => {
    if (!asked) setImmediate(look);
    asked = true;
  });
  return () => {
    over = true;
  };
}
