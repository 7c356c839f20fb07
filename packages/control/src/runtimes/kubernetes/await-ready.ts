import { formatDuration } from '@kova/core/config/duration';
import { hasCode, reportOf } from '@kova/core/errors/kova-error';
import { fail, pass, type Verdict } from '@kova/core/verdict';
import type { V1Pod } from '@kubernetes/client-node';
import type { Changes } from './api/changes.ts';
import { isHopeless, stateOf } from './pods/state.ts';
import type { SlotView } from './slot/views.ts';

export interface Awaited {
  slot: string;
  /** Null when the slot is stopped, or is being stopped. */
  look(): Promise<SlotView | null>;
  /** Rings when a look may give something else. */
  changes: Changes;
  /** Why a pod does not serve, with its last lines. */
  explain(view: SlotView, pod: V1Pod): Promise<string>;
}

/** See `Runtime.awaitReady`. The kubelet of each machine asks the health path; here its answers are waited for. */
export async function awaitReady(awaited: Awaited, deadlineMs: number, signal?: AbortSignal): Promise<Verdict> {
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(Math.max(0, deadlineMs));
  const limit = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const { changes } = awaited;
  for (;;) {
    const { count } = changes;
    const verdict = await verdictOf(awaited, deadline.aborted ? deadlineMs : null);
    signal?.throwIfAborted();
    if (verdict) return verdict;
    await changes.since(count, limit);
    signal?.throwIfAborted();
  }
}

/** Null while it may still become ready; after the deadline, of so many milliseconds, always a verdict. */
async function verdictOf(awaited: Awaited, deadlineMs: number | null): Promise<Verdict | null> {
  try {
    const view = await awaited.look();
    if (!view) return fail(`slot ${awaited.slot} is stopped`);
    const verdict = await judge(awaited, view);
    if (verdict || deadlineMs === null) return verdict;
    return fail(await unready(awaited, view, deadlineMs));
  } catch (error) {
    if (!hasCode(error, 'CLUSTER_UNAVAILABLE')) throw error;
    // The instances run on without the API server; when it answers again, the watch tells.
    return deadlineMs === null ? null : fail(reportOf(error).message);
  }
}

/** Null while it may still become ready. */
async function judge(awaited: Awaited, view: SlotView): Promise<Verdict | null> {
  const { spec, pods } = view;
  const hopeless = pods.find((pod) => isHopeless(stateOf(pod)));
  if (hopeless) {
    const why = await awaited.explain(view, hopeless);
    return fail(`${nameIn(view, hopeless)} of release ${spec.release} will not become ready: ${why}`);
  }
  const ready = pods.filter((pod) => stateOf(pod).state === 'ready').length;
  if (ready < spec.instances) return null;
  const all = `${ready} of ${spec.instances} ${spec.instances === 1 ? 'instance' : 'instances'}`;
  return pass(`${all} of release ${spec.release} answer GET ${spec.health.path}`);
}

async function unready(awaited: Awaited, view: SlotView, deadlineMs: number): Promise<string> {
  const waited = formatDuration(deadlineMs);
  const late = view.pods.filter((pod) => stateOf(pod).state !== 'ready');
  const { release, instances } = view.spec;
  const [first] = late;
  if (!first) return `${view.pods.length} of ${instances} instances of release ${release} were made within ${waited}`;
  const others = late.length > 1 ? ` (and ${late.length - 1} more)` : '';
  const why = await awaited.explain(view, first);
  return `${nameIn(view, first)}${others} of release ${release} is not ready after ${waited}: ${why}`;
}

function nameIn({ spec, pods }: SlotView, pod: V1Pod): string {
  return `instance ${pods.indexOf(pod) + 1} of ${spec.instances} (pod ${pod.metadata?.name})`;
}
