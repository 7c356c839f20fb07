import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@kova/core/config/duration';
import { fail, pass, type Verdict } from '@kova/core/verdict';
import type { InstanceState, SlotSpec } from '../../ports/runtime.ts';

const pollMs = 25;

/** What is looked at of a slot. */
interface Awaited {
  readonly spec: SlotSpec;
  /** Whether it was stopped meanwhile. */
  readonly over: boolean;
  readonly instances: readonly {
    readonly name: string;
    readonly state: InstanceState;
    answers(signal: AbortSignal): Promise<boolean>;
    explain(): Promise<string>;
  }[];
}

/** See `Runtime.awaitReady`. Every instance is asked anew, those that were ready before as well. */
export async function awaitReady(slot: Awaited, deadlineMs: number, signal?: AbortSignal): Promise<Verdict> {
  const deadline = AbortSignal.timeout(Math.max(0, deadlineMs));
  const limit = signal ? AbortSignal.any([signal, deadline]) : deadline;
  for (;;) {
    signal?.throwIfAborted();
    const verdict = await look(slot, limit);
    signal?.throwIfAborted();
    if (verdict) return verdict;
    if (deadline.aborted) return fail(await unready(slot, deadlineMs));
    await sleep(pollMs, undefined, { signal: limit }).catch(() => {});
  }
}

/** Null while it may still become ready. */
async function look(slot: Awaited, limit: AbortSignal): Promise<Verdict | null> {
  const { spec, instances } = slot;
  if (slot.over) return fail(`slot ${spec.slot} was stopped while it was waited for`);
  const looped = instances.find(({ state }) => state === 'crash-looped');
  if (looped) return fail(`${looped.name} of release ${spec.release} is in a crash loop: ${await looped.explain()}`);
  if (instances.some(({ state }) => state !== 'ready')) return null;
  const answers = await Promise.all(instances.map((instance) => instance.answers(limit)));
  if (!answers.every(Boolean) || instances.some(({ state }) => state !== 'ready')) return null;
  const all = `${instances.length} of ${spec.instances} ${spec.instances === 1 ? 'instance' : 'instances'}`;
  return pass(`${all} of release ${spec.release} answer GET ${spec.health.path}`);
}

async function unready(slot: Awaited, deadlineMs: number): Promise<string> {
  const waited = formatDuration(deadlineMs);
  const late = slot.instances.filter(({ state }) => state !== 'ready');
  const [first] = late;
  if (!first) return `not all instances of release ${slot.spec.release} answered at once within ${waited}`;
  const others = late.length > 1 ? ` (and ${late.length - 1} more)` : '';
  return `${first.name}${others} of release ${slot.spec.release} is not ready after ${waited}: ${await first.explain()}`;
}
