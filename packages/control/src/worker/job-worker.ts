import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import type { JobContext } from '../context.ts';
import { type TakenJob, type Taker, takeJobs } from '../store/job-queue.ts';
import { job } from '../workflows/job.ts';

const lookMs = 1000;
const endingMs = 15_000;

interface AtWork {
  taken: TakenJob;
  stop: AbortController;
  done: Promise<void>;
}

/** Takes jobs that can be run and runs them here, as many at a time as this process may. */
export class JobWorker {
  readonly #ctx: JobContext;
  readonly #self: Taker;
  readonly #atWork = new Set<AtWork>();
  readonly #onError: (error: unknown) => void;
  #open = false;
  #looking: Promise<void> | null = null;
  #again = false;

  /** `self` is enrolled before the start. */
  constructor(ctx: JobContext, self: Taker, onError: (error: unknown) => void) {
    this.#ctx = ctx;
    this.#self = self;
    this.#onError = onError;
  }

  /** From now on: whenever there may be a job, and when it has not heard of one for a second. */
  start(): void {
    if (this.#self.concurrency === 0) return;
    this.#open = true;
    this.#ctx.bell.on('jobs', () => this.#look());
    setInterval(() => this.#look(), lookMs);
    this.#look();
  }

  /**
   * Takes no more, waits so long for what is at work, and ends and hands back the rest. The signal cuts the wait short.
   * @returns the names of what was handed back
   */
  async drain(graceMs: number, hurry: AbortSignal): Promise<string[]> {
    this.#open = false;
    await this.#looking;
    const ended = Promise.all([...this.#atWork].map(({ done }) => done));
    await Promise.race([ended, patience(graceMs, hurry)]);
    const rest = [...this.#atWork];
    const why = `handed back by the worker ${this.#self.id}`;
    for (const { stop } of rest) stop.abort(new KovaError('CANCELLED', why));
    // While the store is away nothing can be handed back; others do that when this process is gone.
    await Promise.race([ended, patience(endingMs)]);
    return rest.map(({ taken }) => taken.name);
  }

  get names(): string[] {
    return [...this.#atWork].map(({ taken }) => taken.name);
  }

  /** One look at a time; what is heard meanwhile leads to another one. */
  #look(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#again = false;
    this.#looking = this.#take()
      .catch(this.#onError)
      .finally(() => {
        this.#looking = null;
        if (this.#again && this.#open) this.#look();
      });
  }

  async #take(): Promise<void> {
    const cores = availableParallelism();
    const free = (this.#self.concurrency ?? cores) - this.#atWork.size;
    if (!this.#open || free <= 0) return;
    for (const taken of await takeJobs(this.#ctx.db, this.#self, free, cores)) this.#begin(taken);
  }

  #begin(taken: TakenJob): void {
    const stop = new AbortController();
    const done = job(this.#ctx, this.#self.id, taken, stop.signal)
      .catch(this.#onError)
      .finally(() => {
        this.#atWork.delete(entry);
        this.#look();
      });
    const entry: AtWork = { taken, stop, done };
    this.#atWork.add(entry);
  }
}

/** Ends early when the signal aborts. */
function patience(ms: number, hurry?: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { ref: false, ...(hurry ? { signal: hurry } : {}) }).catch(() => undefined);
}
