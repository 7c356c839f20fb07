import { hostname } from 'node:os';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { processStart } from '../home/process-start.ts';
import type { Store } from '../store/connect.ts';
import { type Executor, forgetExecutor, heartbeat, otherExecutors } from '../store/executors.ts';

const silentMs = 15_000;

/**
 * Says that this executor lives, and takes over the workflows of those that do not: of one on this machine as soon as
 * its process is gone, of another when it has been silent. A paused one that wakes up finds its phases moved on.
 */
export async function keepExecutors(db: Store, self: Executor): Promise<void> {
  await heartbeat(db, self);
  for (const other of await otherExecutors(db, self.id)) {
    const silent = Date.now() - other.heartbeatAt.getTime() > silentMs;
    if (!silent && !(other.host === hostname() && (await isGone(other)))) continue;
    await DBOSExecutor.globalInstance?.recoverPendingWorkflows([other.id]);
    await forgetExecutor(db, other.id);
  }
}

/** The executor's id ends with the start time of its process, so that a reused pid is not mistaken for it. */
async function isGone({ pid, id }: Executor): Promise<boolean> {
  const started = await processStart(pid);
  return started === null || !id.endsWith(`-${started}`);
}
