import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { environmentLabels } from '../labels.ts';
import { appName, namespaceOf } from '../names.ts';
import { instancePort } from '../workload.ts';

/** Where clouds give machines their credentials. */
const metadataServers = { ipv4: '169.254.169.254/32', ipv6: 'fd00:ec2::254/128' };

/** Instances are reached by the gateway alone, and reach everything but the metadata of their machine. */
export function networkPolicyOf(project: string, environment: string, gatewayNamespace: string): INetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: appName,
      namespace: namespaceOf(project, environment),
      labels: environmentLabels(project, environment),
    },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': gatewayNamespace } } }],
          ports: [{ protocol: 'TCP', port: instancePort }],
        },
      ],
      egress: [
        {
          to: [
            { namespaceSelector: {} },
            { ipBlock: { cidr: '0.0.0.0/0', except: [metadataServers.ipv4] } },
            { ipBlock: { cidr: '::/0', except: [metadataServers.ipv6] } },
          ],
        },
      ],
    },
  };
}
