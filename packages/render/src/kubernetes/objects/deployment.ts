import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { environmentLabels, slotSelector } from '../labels.ts';
import { appName, namespaceOf, slotName } from '../names.ts';
import type { Workload } from '../workload.ts';
import { containerOf, leaveSeconds } from './container.ts';
import { seconds } from './probes.ts';

/** The instances of one slot. */
export function deploymentOf(workload: Workload): IDeployment {
  const { project, environment, colour, replicas, health, annotations } = workload;
  const selector = slotSelector(project, environment, colour);
  const labels = { ...environmentLabels(project, environment), ...selector, ...workload.labels };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: slotName(colour),
      namespace: namespaceOf(project, environment),
      labels,
      ...(annotations ? { annotations: { ...annotations } } : {}),
    },
    spec: {
      ...(replicas === null ? {} : { replicas }),
      selector: { matchLabels: selector },
      // Only a change of the same release comes to a slot in place: none of its instances goes before the new one serves.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      revisionHistoryLimit: 2,
      progressDeadlineSeconds: seconds(health.deadlineMs) + 60,
      template: { metadata: { labels }, spec: podOf(workload, selector) },
    },
  };
}

function podOf(workload: Workload, selector: Record<string, string>): IPodSpec {
  const { user, writable, stopTimeoutMs, pullSecret } = workload;
  const volumes = writable.map((_, index) => `writable-${index}`);
  return {
    serviceAccountName: appName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      ...{ runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationGracePeriodSeconds: leaveSeconds + seconds(stopTimeoutMs),
    topologySpreadConstraints: [
      {
        ...{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
        labelSelector: { matchLabels: selector },
      },
    ],
    ...(pullSecret === null ? {} : { imagePullSecrets: [{ name: pullSecret }] }),
    containers: [containerOf(workload, volumes)],
    volumes: volumes.map((name) => ({ name, emptyDir: {} })),
  };
}
