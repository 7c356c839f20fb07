import type { Colour } from '@kova/core/environment/slot';
import type { IService } from 'kubernetes-models/v1/Service';
import { environmentLabels, slotSelector } from '../labels.ts';
import { namespaceOf, slotName } from '../names.ts';

/** The port of a slot's Service. */
export const servicePort = 80;

/** The ready instances of one slot, under one name. */
export function serviceOf(project: string, environment: string, colour: Colour): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: slotName(colour),
      namespace: namespaceOf(project, environment),
      labels: { ...environmentLabels(project, environment), 'dev.kova.slot': colour },
    },
    spec: {
      type: 'ClusterIP',
      selector: slotSelector(project, environment, colour),
      ports: [{ name: 'http', port: servicePort, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }],
    },
  };
}
