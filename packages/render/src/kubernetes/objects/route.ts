import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { environmentLabels } from '../labels.ts';
import { appName, namespaceOf, slotName } from '../names.ts';
import type { PlacedSlot } from '../placement.ts';
import { servicePort } from './service.ts';

export interface RouteWish {
  project: string;
  environment: string;
  hosts: readonly string[];
  gateway: { name: string; namespace: string };
  slots: readonly PlacedSlot[];
}

/** From the host names of an environment to its slots, by their weights. */
export function routeOf({ project, environment, hosts, gateway, slots }: RouteWish): IHTTPRoute {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name: appName,
      namespace: namespaceOf(project, environment),
      labels: environmentLabels(project, environment),
    },
    spec: {
      parentRefs: [
        { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: gateway.name, namespace: gateway.namespace },
      ],
      hostnames: [...hosts],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: slots.map(({ colour, weight }) => ({
            ...{ group: '', kind: 'Service' },
            ...{ name: slotName(colour), port: servicePort, weight },
          })),
        },
      ],
    },
  };
}
