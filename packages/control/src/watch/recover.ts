import { hostname } from 'node:os';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { processStart } from '../home/process-start.ts';
import type { Store } from '../store/connect.ts';
import { type Executor, forgetExecutor, heartbeat, otherExecutors } from '../store/executors.ts';

const silentMs = 15_000;

/**
 * Says that this executor lives, and takes over the workflows of those that do not: of one on this machine as soon as
 * its process is gone, of another when it has been silent.
 */
export class ExecutorWatch {
  readonly #db: Store;
  readonly #self: Executor;
  readonly #onDeclaredDead: () => void;
  #beatAt = 0;
  /** Since when no beat was missed. Who was away itself, or whose store was, cannot say that others were silent. */
  #steadySince = 0;

  /** `self` is enrolled before its first look. `onDeclaredDead` must end the process: its work has been taken over. */
  constructor(db: Store, self: Executor, onDeclaredDead: () => void) {
    this.#db = db;
    this.#self = self;
    this.#onDeclaredDead = onDeclaredDead;
  }

  /** To be called again and again, more often than every 15 s, from when DBOS is launched. */
  async look(): Promise<void> {
    if (!(await heartbeat(this.#db, this.#self.id))) return this.#onDeclaredDead();
    const now = performance.now();
    if (now - this.#beatAt > silentMs) this.#steadySince = now;
    this.#beatAt = now;
    for (const other of await otherExecutors(this.#db, this.#self.id)) {
      if (await this.#isDead(other, now)) await forgetExecutor(this.#db, other.id);
    }
    await this.#recover();
  }

  async #isDead(other: Executor & { heartbeatAt: Date }, now: number): Promise<boolean> {
    if (other.host === hostname()) return isGone(other);
    return now - this.#steadySince > silentMs && Date.now() - other.heartbeatAt.getTime() > silentMs;
  }

  /** The workflows of all that are not known to live. */
  async #recover(): Promise<void> {
    const pending = await DBOS.listWorkflows({ status: 'PENDING', loadInput: false, loadOutput: false });
    const owners = new Set(pending.flatMap(({ executorId }) => executorId ?? []));
    owners.delete(this.#self.id);
    for (const { id } of await otherExecutors(this.#db, this.#self.id)) owners.delete(id);
    if (owners.size > 0) await DBOSExecutor.globalInstance?.recoverPendingWorkflows([...owners]);
  }
}

/** The executor's id ends with the start time of its process, so that a reused pid is not mistaken for it. */
async function isGone({ pid, id }: Executor): Promise<boolean> {
  const started = await processStart(pid);
  return started === null || !id.endsWith(`-${started}`);
}
