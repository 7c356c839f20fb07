import { colourOf, environmentOf, type SlotId } from '@kova/core/environment/slot';
import { Secret } from '@kova/core/secret';
import {
  deploymentOf,
  environmentLabels,
  namespaceObject,
  namespaceOf,
  resourcesOf,
  serviceAccountOf,
  serviceOf,
  slotName,
  type Workload,
} from '@kova/render/kubernetes';
import type { V1ConfigMap, V1Secret } from '@kubernetes/client-node';
import { homeLabel } from '../../../engine/labels.ts';
import type { SlotSpec } from '../../../ports/runtime.ts';
import type { Appliable } from '../api/apply.ts';
import { specAnnotation, toAnnotation } from './written-spec.ts';

/** How instances are run, whatever the slot. */
export interface InstanceSettings {
  user: number;
  writable: readonly string[];
  /** What each asks for, where the limits of the slot say no other: quantities of the API. */
  cpu: string;
  memory: string;
  pullSecret: string | null;
}

/** Where a slot is in the cluster. */
export interface SlotPlace {
  project: string;
  environment: string;
  namespace: string;
  /** Of its Deployment and its Service. */
  name: string;
  /** Of the ConfigMap and the Secret with its variables. */
  variables: string;
}

export function placeOf(slot: SlotId): SlotPlace {
  const { project, environment } = environmentOf(slot);
  const name = slotName(colourOf(slot));
  return { project, environment, namespace: namespaceOf(project, environment), name, variables: `${name}-env` };
}

/** Readiness is judged by the deployment, which has its own deadline; until then nothing is ended for being slow. */
const startupMs = 600_000;

/** All that a slot needs, in the order in which it is made: what starts instances comes last. */
export function slotObjects(home: string, spec: SlotSpec, image: string, settings: InstanceSettings): Appliable[] {
  const { project, environment } = placeOf(spec.slot);
  return [
    namespaceObject(project, environment),
    serviceAccountOf(project, environment),
    configMapOf(spec),
    secretOf(spec),
    serviceOf(project, environment, colourOf(spec.slot)),
    deploymentOf(workloadOf(home, spec, image, settings)),
  ];
}

function workloadOf(home: string, spec: SlotSpec, image: string, settings: InstanceSettings): Workload {
  const { project, environment, variables } = placeOf(spec.slot);
  const secret = Object.keys(spec.env).filter((name) => spec.env[name] instanceof Secret);
  return {
    ...{ project, environment, colour: colourOf(spec.slot), image, args: spec.start, replicas: spec.instances },
    labels: { [homeLabel]: home },
    annotations: { [specAnnotation]: toAnnotation(spec) },
    variables: {
      ...{ configMap: variables, secret: variables },
      fromSecret: secret.map((name) => ({ name, optional: false })),
    },
    health: { ...spec.health, unhealthyAfter: 3, healthyAfter: 1, deadlineMs: startupMs },
    stopTimeoutMs: spec.stopTimeoutMs,
    user: settings.user,
    writable: settings.writable,
    pullSecret: settings.pullSecret,
    resources: resourcesOf(settings, spec.limits ?? null),
  };
}

function configMapOf(spec: SlotSpec): Appliable & V1ConfigMap {
  const plain = Object.entries(spec.env).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadataOf(spec.slot), data: Object.fromEntries(plain) };
}

/** The one object that holds the app's secrets. */
function secretOf(spec: SlotSpec): Appliable & V1Secret {
  const secret = Object.entries(spec.env).flatMap(([name, value]) =>
    value instanceof Secret ? [[name, Buffer.from(value.reveal()).toString('base64')]] : [],
  );
  const data = Object.fromEntries(secret);
  return { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: metadataOf(spec.slot), data };
}

function metadataOf(slot: SlotId) {
  const { project, environment, namespace, variables } = placeOf(slot);
  return {
    name: variables,
    namespace,
    labels: { ...environmentLabels(project, environment), 'dev.kova.slot': colourOf(slot) },
  };
}
