import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { LogCopy, type LogSource } from '../docker/log-copy.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';

/** A swarm does not say that the output of a task has come to its end; it is taken to have when so long none came. */
const silentMs = 250;
const againMs = 500;

interface Surroundings {
  engine: Docker;
  board: { closing: AbortSignal };
  logs: SlotLogs;
}

/** Copies the output of one instance's tasks, from whichever machine, into its log files. */
export class TaskLog {
  readonly #around: Surroundings;
  readonly #copy: LogCopy;
  #over = new AbortController();
  #task: string | null = null;

  constructor(around: Surroundings, index: number) {
    this.#around = around;
    this.#copy = new LogCopy(around.logs, index);
  }

  /** Copies what there is and what comes of this task, and no more of the one before. Idempotent. */
  follow(task: string | null): void {
    if (task === null || this.#task === task) return;
    this.#over.abort();
    this.#over = new AbortController();
    this.#task = task;
    void this.#keepFollowing(task, AbortSignal.any([this.#around.board.closing, this.#over.signal]));
  }

  /** Resolves when nothing more comes. */
  async rest(): Promise<void> {
    const over = this.#over;
    while (this.#task !== null && !over.signal.aborted) {
      const quietFor = Date.now() - this.#copy.lastAt;
      if (quietFor >= silentMs) over.abort();
      else await sleep(silentMs - quietFor);
    }
    this.#task = null;
  }

  /** The engine or the machine may be away for a while. */
  async #keepFollowing(task: string, signal: AbortSignal): Promise<void> {
    const source = this.#around.engine.getTask(task) as unknown as LogSource;
    while (!signal.aborted) {
      await this.#copy.follow(source, task, signal);
      await sleep(againMs, undefined, { signal }).catch(() => {});
    }
  }
}
