import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import type { ExecEnd, ExecRequest, Execution } from '../../ports/exec.ts';
import type { Instance } from '../../ports/runtime.ts';

const lateMs = 5000;

/** The commands that run beside an instance; none outlives the launch that it was started beside. */
export class Executions {
  readonly #running = new Set<Promise<unknown>>();

  /** @param over resolves with what became of the launch */
  async run(
    request: ExecRequest,
    over: Promise<string>,
    start: (request: ExecRequest) => Promise<Execution>,
  ): Promise<Execution> {
    const lost = new AbortController();
    void over.then((why) => lost.abort(new KovaError('EXEC_ENDED', why)));
    const execution = await start({ ...request, signal: AbortSignal.any([request.signal, lost.signal]) });
    const ended = execution.ended
      .then((end) => withCause(end, request.signal, lost.signal))
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return { ...execution, ended };
  }

  /** Resolves when none runs. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }
}

/** What ends with its container ends a moment before it is known how the container has ended. */
async function withCause(end: ExecEnd, asked: AbortSignal, lost: AbortSignal): Promise<ExecEnd> {
  if (end.endedBy === null || asked.aborted) return end;
  if (!lost.aborted) await Promise.race([once(lost, 'abort'), sleep(lateMs)]);
  return lost.aborted ? { ...end, endedBy: lost.reason } : end;
}

export function notRunning({ id, state, reason }: Pick<Instance, 'id' | 'state' | 'reason'>): KovaError {
  return new KovaError('NOT_FOUND', `nothing of ${id} runs: it is ${state} (${reason})`, {
    next: '`kova logs` shows what it printed last.',
  });
}
