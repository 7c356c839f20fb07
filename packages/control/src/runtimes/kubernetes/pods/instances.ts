import type { SlotId } from '@kova/core/environment/slot';
import { instancePort } from '@kova/render/kubernetes';
import type { V1Pod } from '@kubernetes/client-node';
import type { Instance, SlotSpec } from '../../../ports/runtime.ts';
import { restartsOf, stateOf } from './state.ts';

/** Of a pod that has no address yet: one that leads nowhere, by RFC 5737. */
const nowhere = '192.0.2.1';

export function instanceId(slot: SlotId, pod: V1Pod): string {
  return `${slot}/${pod.metadata?.name}`;
}

export function instanceOf({ slot, release }: SlotSpec, pod: V1Pod): Instance {
  return {
    id: instanceId(slot, pod),
    slot,
    release,
    ...stateOf(pod),
    address: { host: pod.status?.podIP ?? nowhere, port: instancePort },
    restarts: restartsOf(pod),
    startedAt: new Date(pod.status?.startTime ?? pod.metadata?.creationTimestamp ?? 0),
    pid: null,
  };
}
