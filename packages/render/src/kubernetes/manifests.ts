import type { ProjectConfig } from '@kova/core/config/schema';
import { hostsOf } from '@kova/core/environment/hosts';
import { configMapName, variablesOf } from './environment-variables.ts';
import { secretsName } from './names.ts';
import { autoscalerOf, type Scale } from './objects/autoscaler.ts';
import { configMapOf } from './objects/config-map.ts';
import { deploymentOf } from './objects/deployment.ts';
import { disruptionBudgetOf } from './objects/disruption-budget.ts';
import { namespaceObject } from './objects/namespace.ts';
import { networkPolicyOf } from './objects/network-policy.ts';
import { routeOf } from './objects/route.ts';
import { serviceOf } from './objects/service.ts';
import { serviceAccountOf } from './objects/service-account.ts';
import type { PlacedSlot } from './placement.ts';
import { resourcesOf } from './resources.ts';
import type { Workload } from './workload.ts';

/** All objects of an environment, in an order in which they can be made: what is named comes before what names it. */
export function manifestsOf(config: ProjectConfig, environment: string, slots: readonly PlacedSlot[]): object[] {
  const { name: project } = config;
  const { gateway } = config.render.kubernetes;
  return [
    namespaceObject(project, environment),
    serviceAccountOf(project, environment),
    configMapOf(project, environment, variablesOf(config, environment)),
    networkPolicyOf(project, environment, gateway.namespace),
    ...slots.flatMap((slot) => slotManifests(config, environment, slot)),
    routeOf({ project, environment, hosts: hostsOf(config, environment), gateway, slots }),
  ];
}

function slotManifests(config: ProjectConfig, environment: string, slot: PlacedSlot): object[] {
  const { name: project } = config;
  const scale = scaleOf(config, environment);
  const several = (scale?.min ?? config.environments[environment]?.instances ?? 1) > 1;
  return [
    serviceOf(project, environment, slot.colour),
    deploymentOf(workloadOf(config, environment, slot)),
    ...(scale ? [autoscalerOf(project, environment, slot.colour, scale)] : []),
    // Of a single instance it would mean nothing: either it may go, or its machine can never be emptied.
    ...(several ? [disruptionBudgetOf(project, environment, slot.colour)] : []),
  ];
}

function workloadOf(config: ProjectConfig, environment: string, { colour, image, runs }: PlacedSlot): Workload {
  const { user, writable, cpu, memory, pullSecret } = config.render.kubernetes;
  const { path, interval, timeout, unhealthyAfter, healthyAfter, deadline } = config.app.health;
  const variables = variablesOf(config, environment);
  const wanted = scaleOf(config, environment) ? null : (config.environments[environment]?.instances ?? 1);
  return {
    ...{ project: config.name, environment, colour, image, user, writable, pullSecret },
    replicas: runs ? wanted : 0,
    variables: { configMap: configMapName(variables), secret: secretsName, fromSecret: variables.secret },
    health: { path, intervalMs: interval, timeoutMs: timeout, unhealthyAfter, healthyAfter, deadlineMs: deadline },
    stopTimeoutMs: config.app.stopTimeout,
    resources: resourcesOf({ cpu, memory }, config.environments[environment]?.limits ?? null),
  };
}

/** Null when nobody asked for it. */
function scaleOf(config: ProjectConfig, environment: string): Scale | null {
  const asked = config.render.kubernetes.autoscale[environment];
  if (!asked) return null;
  return { min: asked.min ?? config.environments[environment]?.instances ?? 1, max: asked.max, cpu: asked.cpu };
}
