import type { SlotId } from '@kova/core/environment/slot';
import type { PodMetric, V1Pod } from '@kubernetes/client-node';
import type { InstanceUsage } from '../../ports/runtime.ts';
import type { Cluster } from './api/cluster.ts';
import { ifThere } from './api/explain.ts';
import { instanceId } from './pods/instances.ts';
import { fromQuantity } from './quantity.ts';

/**
 * What the pods use, as the metrics server has seen it; null when the cluster has none. It tells how much CPU is used at a
 * time, not how much was used: the seconds are an estimate, as if it had been as much since the start. It knows no files.
 */
export async function usageOf(
  cluster: Cluster,
  namespace: string,
  slot: SlotId,
  pods: readonly V1Pod[],
): Promise<InstanceUsage[] | null> {
  const list = await ifThere('reading the metrics of pods', () => cluster.metrics.getPodMetrics(namespace));
  if (!list) return null;
  const metrics = new Map(list.items.map((item) => [item.metadata.name, item]));
  return pods.flatMap((pod) => {
    const metric = metrics.get(pod.metadata?.name ?? '');
    return metric ? [usageIn(metric, instanceId(slot, pod), pod)] : [];
  });
}

function usageIn({ containers, timestamp }: PodMetric, id: string, pod: V1Pod): InstanceUsage {
  const sum = (resource: 'cpu' | 'memory') =>
    containers.reduce((total, { usage }) => total + fromQuantity(usage[resource]), 0);
  const startedAt = Number(pod.status?.startTime ?? 0);
  const seconds = Math.max(0, (Date.parse(timestamp) - startedAt) / 1000);
  return { id, residentBytes: sum('memory'), cpuSeconds: sum('cpu') * seconds, openFiles: 0 };
}
