import { KovaError } from '@kova/core/errors/kova-error';
import type { ExecRequest, Execution } from '../../ports/exec.ts';
import type { Instance } from '../../ports/runtime.ts';

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
    const ended = execution.ended.finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return execution;
  }

  /** Resolves when none runs. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }
}

export function notRunning({ id, state, reason }: Pick<Instance, 'id' | 'state' | 'reason'>): KovaError {
  return new KovaError('NOT_FOUND', `nothing of ${id} runs: it is ${state} (${reason})`, {
    next: '`kova logs` shows what it printed last.',
  });
}
