import type { INamespace } from 'kubernetes-models/v1/Namespace';
import { environmentLabels } from '../labels.ts';
import { namespaceOf } from '../names.ts';

/** Holds one environment and nothing else; what is less than restricted is refused in it. */
export function namespaceObject(project: string, environment: string): INamespace {
  const labels = {
    ...environmentLabels(project, environment),
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceOf(project, environment), labels } };
}
