import type { Secret } from '@kova/core/secret';
import type { V1Pod } from '@kubernetes/client-node';
import type { LogLine } from '../../../ports/runtime.ts';
import { Changes } from '../api/changes.ts';
import type { Cluster } from '../api/cluster.ts';
import { podLog, readPodLog, type StampedLine } from './pod-log.ts';

/** The pods whose lines make a slot's log. */
export interface LogSource {
  cluster: Cluster;
  secrets: readonly Secret[];
  pods(): Promise<V1Pod[]>;
  nameOf(pod: V1Pod): string;
  /** Rings when there may be other pods, or a container has started again. */
  changes: Changes;
}

interface Tail {
  lines: LogLine[];
  /** Of each pod, by its uid: up to where it was read. */
  read: Map<string, string>;
}

/** The newest lines of all pods in the order of their time. Kubernetes does not tell the two streams apart. */
export async function tailOf({ cluster, secrets, pods, nameOf }: LogSource, count: number): Promise<Tail> {
  const logs = await Promise.all(
    (await pods()).map(async (pod) => ({ pod, lines: await readPodLog(cluster, pod, Math.max(1, count), secrets) })),
  );
  const all = logs.flatMap(({ pod, lines }) => lines.map((line) => ({ ...line, instance: nameOf(pod) })));
  const newest = all.sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0)).slice(all.length - count);
  const read = logs.map(({ pod, lines }) => [pod.metadata?.uid ?? '', lines.at(-1)?.stamp ?? ''] as const);
  const lines = count === 0 ? [] : newest.map(({ instance, text }) => lineOf(instance, text));
  return { lines, read: new Map(read) };
}

/** The lines after those that were read, of all pods that there are or will be, until the signal aborts. */
export async function* follow(source: LogSource, read: Map<string, string>, signal: AbortSignal) {
  const lines: LogLine[] = [];
  const arrived = new Changes();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  void readAll(source, read, signal, (line) => {
    lines.push(line);
    arrived.ring();
  }).catch(failed.reject);
  while (!signal.aborted) {
    const { count } = arrived;
    yield* lines.splice(0);
    await Promise.race([arrived.since(count, signal), failed.promise]);
  }
}

async function readAll(
  source: LogSource,
  read: Map<string, string>,
  signal: AbortSignal,
  emit: (line: LogLine) => void,
): Promise<void> {
  const reading = new Set<string>();
  while (!signal.aborted) {
    const { count } = source.changes;
    for (const pod of await source.pods()) {
      const uid = pod.metadata?.uid ?? '';
      if (reading.has(uid)) continue;
      reading.add(uid);
      void readOn(source, pod, read, signal, emit).finally(() => reading.delete(uid));
    }
    await source.changes.since(count, signal);
  }
}

/** Reads one container of a pod to its end; the next one is read when a change tells of it. */
async function readOn(
  { cluster, secrets, nameOf }: LogSource,
  pod: V1Pod,
  read: Map<string, string>,
  signal: AbortSignal,
  emit: (line: LogLine) => void,
): Promise<void> {
  const uid = pod.metadata?.uid ?? '';
  const after = read.get(uid);
  const take = ({ stamp, text }: StampedLine) => {
    read.set(uid, stamp);
    emit(lineOf(nameOf(pod), text));
  };
  try {
    for await (const line of podLog(cluster, pod, { follow: true, ...(after ? { after } : {}) }, secrets, signal)) {
      take(line);
    }
  } catch {
    // The next change of the pod, or the connection's coming back, is the next try.
  }
}

function lineOf(instance: string, text: string): LogLine {
  return { instance, stream: 'stdout', text };
}
