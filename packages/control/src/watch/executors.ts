import { hostname } from 'node:os';
import { processStart } from '../home/process-start.ts';
import type { Store } from '../store/connect.ts';
import { type Executor, forgetExecutor, heartbeat, otherExecutors } from '../store/executors.ts';

const silentMs = 15_000;

export interface ExecutorWatchOptions {
  /** Must end the process: its work has been taken over. */
  onDeclaredDead: () => void;
  /** Ends what processes of this machine that have died have left running; before others begin their jobs again. */
  endLeftovers: () => Promise<void>;
  /** Called when jobs can be taken again. */
  onHandedBack: () => void;
}

/**
 * Says that this executor lives, and declares dead those that do not: of this machine as soon as their process is gone,
 * of another when they have been silent. What those had taken is for others to take.
 */
export class ExecutorWatch {
  readonly #db: Store;
  readonly #self: Executor;
  readonly #options: ExecutorWatchOptions;
  #beatAt = 0;
  /** Since when no beat was missed. Who was away itself, or whose store was, cannot say that others were silent. */
  #steadySince = 0;

  /** `self` is enrolled before its first look. */
  constructor(db: Store, self: Executor, options: ExecutorWatchOptions) {
    this.#db = db;
    this.#self = self;
    this.#options = options;
  }

  /** To be called again and again, more often than every 15 s. */
  async look(): Promise<void> {
    if (!(await heartbeat(this.#db, this.#self.id))) return this.#options.onDeclaredDead();
    const now = performance.now();
    if (now - this.#beatAt > silentMs) this.#steadySince = now;
    this.#beatAt = now;
    const dead: Executor[] = [];
    for (const other of await otherExecutors(this.#db, this.#self.id)) {
      if (await this.#isDead(other, now)) dead.push(other);
    }
    if (dead.length === 0) return;
    await this.#options.endLeftovers();
    for (const { id } of dead) await forgetExecutor(this.#db, id);
    this.#options.onHandedBack();
  }

  async #isDead(other: Executor & { silentMs: number }, now: number): Promise<boolean> {
    if (other.host === hostname()) return isGone(other);
    return now - this.#steadySince > silentMs && other.silentMs > silentMs;
  }
}

/** The executor's id ends with the start time of its process, so that a reused pid is not mistaken for it. */
async function isGone({ pid, id }: Executor): Promise<boolean> {
  const started = await processStart(pid);
  return started === null || !id.endsWith(`-${started}`);
}
