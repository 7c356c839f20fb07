import type { Secret } from '@kova/core/secret';
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { lastLinesInWords } from '../../logs/words.ts';
import type { Cluster } from '../api/cluster.ts';
import { clusterCall } from '../api/explain.ts';
import { readPodLog } from '../logs/pod-log.ts';
import { stateOf } from './state.ts';

const lines = 10;

/** Why a pod does not serve: its state, the newest warning about it, and what its app wrote last. */
export async function explainPod(cluster: Cluster, pod: V1Pod, secrets: readonly Secret[]): Promise<string> {
  const { reason } = stateOf(pod);
  const [warning, log] = await Promise.all([newestWarning(cluster, pod), readPodLog(cluster, pod, lines, secrets)]);
  const words = warning && !reason.includes(warning) ? `${reason}; ${warning}` : reason;
  return `${words}; ${lastLinesInWords(log.map(({ text }) => ({ instance: '', stream: 'stdout', text })))}`;
}

async function newestWarning(cluster: Cluster, { metadata }: V1Pod): Promise<string | null> {
  const { items } = await clusterCall(`listing the events of pod ${metadata?.name}`, () =>
    cluster.core.listNamespacedEvent({
      namespace: metadata?.namespace ?? '',
      fieldSelector: `involvedObject.uid=${metadata?.uid},type=Warning`,
    }),
  );
  return items.sort((a, b) => timeOf(a) - timeOf(b)).at(-1)?.message ?? null;
}

function timeOf({ lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  return Number(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0);
}
