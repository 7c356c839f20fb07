import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { configMapName, type EnvironmentVariables } from '../environment-variables.ts';
import { environmentLabels } from '../labels.ts';
import { namespaceOf } from '../names.ts';

/** The variables that are no secret. */
export function configMapOf(project: string, environment: string, variables: EnvironmentVariables): IConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: configMapName(variables),
      namespace: namespaceOf(project, environment),
      labels: environmentLabels(project, environment),
    },
    immutable: true,
    data: { ...variables.plain },
  };
}
