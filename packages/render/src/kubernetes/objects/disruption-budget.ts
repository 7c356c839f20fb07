import type { Colour } from '@kova/core/environment/slot';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { environmentLabels, slotSelector } from '../labels.ts';
import { namespaceOf, slotName } from '../names.ts';

/** One instance of a slot at a time may be moved away; one that does not serve may always be. */
export function disruptionBudgetOf(project: string, environment: string, colour: Colour): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name: slotName(colour),
      namespace: namespaceOf(project, environment),
      labels: { ...environmentLabels(project, environment), 'dev.kova.slot': colour },
    },
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: slotSelector(project, environment, colour) },
    },
  };
}
