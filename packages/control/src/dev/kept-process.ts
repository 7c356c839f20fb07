import { setTimeout as sleep } from 'node:timers/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import { type CommandResult, run } from '../commands/run.ts';
import { tellingLines } from '../commands/telling.ts';
import {
  cleanHistory,
  defaultRestartPolicy,
  type EndHistory,
  restartDelay,
  withEnd,
} from '../runtimes/slot/restart-policy.ts';
import type { Emit, Part } from './event.ts';

export interface ProcessPlan {
  part: Part;
  /** Asked for at each start: what it says may change. */
  command: () => { argv: readonly string[]; env: Record<string, string | Secret> };
  cwd: string;
  /** Time between SIGTERM and SIGKILL. */
  graceMs: number;
  /** Resolves when it can be used, with words for that; rejects when `signal` aborts. */
  ready: (signal: AbortSignal) => Promise<string>;
  onLine: (line: string) => void;
  emit: Emit;
}

/** How one start of it went. */
interface Round {
  /** Why it ended; null when that was asked for. */
  ended: KovaError | null;
  tail: readonly string[];
  readyAt: number | null;
}

/** The longest that a timer of Node waits. */
const forEver = 2 ** 31 - 1;

/** A program that shall run: started again with growing pauses when it ends, and at once when that is asked for. */
export class KeptProcess {
  readonly #plan: ProcessPlan;
  readonly #stopping = new AbortController();
  #round = new AbortController();
  #keeping: Promise<void> = Promise.resolve();

  constructor(plan: ProcessPlan) {
    this.#plan = plan;
  }

  /** Resolves when it is ready for the first time. @throws KovaError START_FAILED, COMMAND_FAILED when it ends before */
  start(): Promise<string> {
    const first = Promise.withResolvers<string>();
    this.#keeping = this.#keep(first);
    return first.promise;
  }

  /** Ends it and starts it anew, as its command is now. */
  restart(): void {
    this.#round.abort(new Error('it is started anew'));
  }

  /** Nothing of it runs when this resolves. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('it is stopped'));
    await this.#keeping;
  }

  async #keep(first: PromiseWithResolvers<string>): Promise<void> {
    const { part, emit } = this.#plan;
    let isFirst = true;
    let history: EndHistory = cleanHistory;
    while (!this.#stopping.signal.aborted) {
      const startedAt = performance.now();
      const { ended, tail, readyAt } = await this.#once((about) => {
        if (isFirst) first.resolve(about);
        else emit({ type: 'restarted', part, ms: performance.now() - startedAt });
        isFirst = false;
      });
      if (!ended) continue;
      if (isFirst) return first.reject(ended);
      history = withEnd(history, defaultRestartPolicy, Date.now(), readyAt);
      const pauseMs = restartDelay(history, defaultRestartPolicy);
      const next = history.crashLoop ? `${history.crashLoop}: the next try is in ${pauseMs / 1000} s` : '';
      emit({ type: 'ended', part, how: ended.message, tail, next });
      await sleep(pauseMs, undefined, { signal: this.#signal() }).catch(() => {});
    }
    first.reject(this.#stopping.signal.reason);
  }

  async #once(onReady: (about: string) => void): Promise<Round> {
    const { command, cwd, graceMs, ready, onLine } = this.#plan;
    if (this.#round.signal.aborted) this.#round = new AbortController();
    const signal = this.#signal();
    const over = new AbortController();
    let readyAt: number | null = null;
    const waiting = ready(AbortSignal.any([signal, over.signal])).then(
      (about) => {
        readyAt = Date.now();
        onReady(about);
      },
      () => {},
    );
    const running = run({ ...command(), cwd, graceMs, signal, timeoutMs: forEver, onLine });
    const outcome = await running.catch((error: unknown) => error);
    over.abort();
    await waiting;
    if (signal.aborted) return { ended: null, tail: [], readyAt };
    if (outcome instanceof KovaError) return { ended: outcome, tail: [], readyAt };
    return { ...this.#explain(outcome as CommandResult), readyAt };
  }

  #explain({ exitCode, signal, tail }: CommandResult): Omit<Round, 'readyAt'> {
    const said = `\`${this.#plan.command().argv.join(' ')}\` ended with ${signal ?? exitCode}`;
    const lines = tellingLines(tail);
    const message = [`${said}${lines.length > 0 ? ':' : ' and said nothing'}`, ...lines].join('\n');
    const next = 'Mend what its last lines say, then run `kova dev` again.';
    return { ended: new KovaError('START_FAILED', message, { next }), tail: lines };
  }

  #signal(): AbortSignal {
    return AbortSignal.any([this.#stopping.signal, this.#round.signal]);
  }
}
