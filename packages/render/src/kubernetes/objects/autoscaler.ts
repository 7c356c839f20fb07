import type { Colour } from '@kova/core/environment/slot';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { environmentLabels } from '../labels.ts';
import { namespaceOf, slotName } from '../names.ts';

export interface Scale {
  min: number;
  max: number;
  /** Percent of the CPU asked for. */
  cpu: number;
}

/** Keeps the CPU use of a slot's instances near a share of what they ask for. It leaves a slot with no instances alone. */
export function autoscalerOf(
  project: string,
  environment: string,
  colour: Colour,
  { min, max, cpu }: Scale,
): IHorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: slotName(colour),
      namespace: namespaceOf(project, environment),
      labels: { ...environmentLabels(project, environment), 'dev.kova.slot': colour },
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: slotName(colour) },
      minReplicas: min,
      maxReplicas: max,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } },
      ],
    },
  };
}
