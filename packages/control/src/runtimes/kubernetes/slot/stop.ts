import { formatDuration } from '@kova/core/config/duration';
import { KovaError } from '@kova/core/errors/kova-error';
import type { V1Deployment } from '@kubernetes/client-node';
import type { Changes } from '../api/changes.ts';
import type { Cluster } from '../api/cluster.ts';
import { ifThere } from '../api/explain.ts';
import type { SlotPlace } from './objects.ts';

/** Beyond the grace period of its pods, for the cluster to find out. */
const marginMs = 60_000;

/**
 * Deletes a Deployment, with its pods before it, and returns when it is gone. Only the one that was looked at: of another
 * with the same name, made meanwhile, the API server refuses it.
 * @throws KovaError STEP_TIMEOUT when its pods do not go
 */
export async function deleteDeployment(
  cluster: Cluster,
  { namespace, name }: SlotPlace,
  deployment: V1Deployment,
  changes: Changes,
): Promise<void> {
  const { uid } = deployment.metadata ?? {};
  const grace = deployment.spec?.template.spec?.terminationGracePeriodSeconds ?? 30;
  const patienceMs = grace * 1000 + marginMs;
  const deadline = AbortSignal.timeout(patienceMs);
  await ifThere(`deleting Deployment ${namespace}/${name}`, () =>
    cluster.apps.deleteNamespacedDeployment({
      namespace,
      name,
      body: { propagationPolicy: 'Foreground', preconditions: { ...(uid ? { uid } : {}) } },
    }),
  );
  for (;;) {
    const { count } = changes;
    const there = await ifThere(`looking for Deployment ${namespace}/${name}`, () =>
      cluster.apps.readNamespacedDeployment({ namespace, name }),
    );
    if (there?.metadata?.uid !== uid) return;
    if (deadline.aborted) throw stuck(`${namespace}/${name}`, patienceMs);
    await changes.since(count, deadline);
  }
}

function stuck(what: string, patienceMs: number): KovaError {
  return new KovaError(
    'STEP_TIMEOUT',
    `the pods of Deployment ${what} were not gone after ${formatDuration(patienceMs)}`,
    {
      next: 'See with `kubectl describe` what holds them: a machine that does not answer, or a finalizer.',
    },
  );
}
