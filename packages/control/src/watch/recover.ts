import { DBOS } from '@dbos-inc/dbos-sdk';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import type { Store } from '../store/connect.ts';
import { executors } from '../store/executors.ts';

/** Takes over the workflows of all executors that are not known to live. To be called when DBOS is launched. */
export async function recoverWorkflows(db: Store): Promise<void> {
  const pending = await DBOS.listWorkflows({ status: 'PENDING', loadInput: false, loadOutput: false });
  const owners = new Set(pending.flatMap(({ executorId }) => executorId ?? []));
  for (const { id } of await executors(db)) owners.delete(id);
  if (owners.size > 0) await DBOSExecutor.globalInstance?.recoverPendingWorkflows([...owners]);
}
