import { AppsV1Api, CoreV1Api, type KubeConfig, KubernetesObjectApi, Log, Metrics } from '@kubernetes/client-node';

/** The parts of a cluster's API that the runtime speaks to. */
export interface Cluster {
  config: KubeConfig;
  objects: KubernetesObjectApi;
  core: CoreV1Api;
  apps: AppsV1Api;
  log: Log;
  metrics: Metrics;
}

export function openCluster(config: KubeConfig): Cluster {
  return {
    config,
    objects: KubernetesObjectApi.makeApiClient(config),
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    log: new Log(config),
    metrics: new Metrics(config),
  };
}
