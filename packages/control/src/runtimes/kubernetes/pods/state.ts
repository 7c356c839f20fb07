import type { V1ContainerStateTerminated, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { InstanceState } from '../../../ports/runtime.ts';

/** So many ends are a crash loop when the last came soon after a start. */
const loopEnds = 3;
/** One that has run for so long was well before it ended. */
const healthyMs = 60_000;

export interface PodState {
  state: InstanceState;
  reason: string;
}

/** What a pod's status means, in Kova's words; see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/. */
export function stateOf(pod: V1Pod): PodState {
  const { metadata, status } = pod;
  if (metadata?.deletionTimestamp) return { state: 'stopping', reason: 'it was told to end' };
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') {
    return { state: 'stopped', reason: [status.reason, status.message].filter(Boolean).join(': ') || 'it ended' };
  }
  const container = status?.containerStatuses?.[0];
  if (!container) return { state: 'starting', reason: unscheduled(pod) };
  if (container.state?.waiting) return waiting(container);
  if (container.state?.terminated) return backingOff(container, container.state.terminated);
  const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  if (ready) return { state: 'ready', reason: 'its health path answers' };
  const before = container.lastState?.terminated;
  return { state: 'starting', reason: `it runs and is not ready yet${before ? `; before, it ${ended(before)}` : ''}` };
}

/** That its state will never be ready without a change by somebody. */
export function isHopeless({ state, reason }: PodState): boolean {
  return state === 'crash-looped' || reason.startsWith('InvalidImageName');
}

/** Times that the containers of a pod ended. */
export function restartsOf(pod: V1Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function waiting(container: V1ContainerStatus): PodState {
  const { reason = 'waiting', message } = container.state?.waiting ?? {};
  if (reason === 'ContainerCreating' || reason === 'PodInitializing') return { state: 'starting', reason };
  const last = container.lastState?.terminated;
  if (reason === 'CrashLoopBackOff' && last) return backingOff(container, last);
  // ErrImagePull, ImagePullBackOff, InvalidImageName, CreateContainerConfigError and others of the kubelet.
  return { state: 'backing-off', reason: message ? `${reason}: ${message}` : reason };
}

function backingOff({ restartCount, state }: V1ContainerStatus, last: V1ContainerStateTerminated): PodState {
  const ends = restartCount + (state?.terminated ? 1 : 0);
  const why = `it ${ended(last)}`;
  const looped = state?.waiting?.reason === 'CrashLoopBackOff' && ends >= loopEnds && ranMs(last) < healthyMs;
  if (!looped) return { state: 'backing-off', reason: `${why}; it is started again` };
  return { state: 'crash-looped', reason: `it ended ${ends} times; the last time ${why}` };
}

/** Infinity when it is not known. */
function ranMs({ startedAt, finishedAt }: V1ContainerStateTerminated): number {
  return startedAt && finishedAt ? Number(finishedAt) - Number(startedAt) : Number.POSITIVE_INFINITY;
}

/** `exited with 3`, `was killed for its memory (OOMKilled)`, `was ended by signal 9`. */
function ended({ reason, exitCode, signal, message }: V1ContainerStateTerminated): string {
  const words = reason === 'OOMKilled' ? 'was killed for its memory (OOMKilled)' : exit(exitCode, signal);
  return message ? `${words}: ${message}` : words;
}

function exit(code: number, signal: number | undefined): string {
  return signal ? `was ended by signal ${signal}` : `exited with ${code}`;
}

function unscheduled({ status }: V1Pod): string {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False') return 'it is being placed on a machine';
  return [scheduled.reason, scheduled.message].filter(Boolean).join(': ');
}
