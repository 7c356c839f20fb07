import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { environmentLabels } from '../labels.ts';
import { appName, namespaceOf } from '../names.ts';

/** Who the instances are in the cluster: nobody who may do anything, without a token. */
export function serviceAccountOf(project: string, environment: string): IServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: appName,
      namespace: namespaceOf(project, environment),
      labels: environmentLabels(project, environment),
    },
    automountServiceAccountToken: false,
  };
}
