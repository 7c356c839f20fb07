import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { type Secret, scrub } from '@kova/core/secret';
import { containerName } from '@kova/render/kubernetes';
import { ApiException, type V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../api/cluster.ts';
import { explainCluster } from '../api/explain.ts';
import { restartsOf } from '../pods/state.ts';

/** A line as the kubelet gives it. */
export interface StampedLine {
  /** RFC 3339 with nine decimals; of one machine's clock, and in the order of its text. */
  stamp: string;
  text: string;
}

export interface LogWish {
  /** How many of the newest lines; all when left out. */
  tail?: number;
  /** Only lines after this stamp. */
  after?: string;
  follow?: boolean;
  /** Of the container before the one that runs now. */
  previous?: boolean;
}

/**
 * The newest lines of a pod, the oldest first; none when it has not started. After a restart those of the container
 * before are among them: why it ended is told there.
 */
export async function readPodLog(
  cluster: Cluster,
  pod: V1Pod,
  tail: number,
  secrets: readonly Secret[],
): Promise<StampedLine[]> {
  const { signal } = new AbortController();
  const read = (previous: boolean) => Array.fromAsync(podLog(cluster, pod, { tail, previous }, secrets, signal));
  const [before, now] = await Promise.all([restartsOf(pod) > 0 ? read(true) : [], read(false)]);
  const seen = new Set(now.map(({ stamp }) => stamp));
  return [...before.filter(({ stamp }) => !seen.has(stamp)), ...now].slice(-tail);
}

/** Lines of a pod's container, scrubbed; ends with the container, or when the signal aborts. */
export async function* podLog(
  cluster: Cluster,
  pod: V1Pod,
  wish: LogWish,
  secrets: readonly Secret[],
  signal: AbortSignal,
): AsyncGenerator<StampedLine> {
  const lines = new PassThrough();
  // The library listens to no error of what it pipes here; a lost connection is the end of the log.
  lines.on('pipe', (source: Readable) => source.on('error', () => lines.end()));
  const request = await open(cluster, pod, wish, lines);
  if (!request) return;
  const end = () => request.abort();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    for await (const line of createInterface({ input: lines })) {
      const [stamp = '', text] = split(line);
      if (wish.after === undefined || stamp > wish.after) yield { stamp, text: scrub(text, secrets) };
    }
  } finally {
    signal.removeEventListener('abort', end);
    request.abort();
  }
}

/** Null while there is nothing to read: the pod has not started, or is gone. */
async function open(cluster: Cluster, { metadata }: V1Pod, wish: LogWish, lines: PassThrough) {
  const { name = '', namespace = '' } = metadata ?? {};
  const options = {
    timestamps: true,
    follow: wish.follow ?? false,
    previous: wish.previous ?? false,
    // As text: the library leaves out the number 0.
    ...(wish.tail === undefined ? {} : { tailLines: String(wish.tail) as unknown as number }),
    ...(wish.after === undefined ? {} : { sinceTime: wish.after }),
  };
  return cluster.log.log(namespace, name, containerName, lines, options).catch((error: unknown) => {
    if (error instanceof ApiException && [400, 404].includes(error.code)) return null;
    throw explainCluster(`reading the log of pod ${name}`, error);
  });
}

function split(line: string): [string, string] {
  const space = line.indexOf(' ');
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
}
