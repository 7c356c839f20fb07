import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import { appName } from '../names.ts';
import { instancePort, type Workload } from '../workload.ts';
import { probesOf } from './probes.ts';

/** The time in which everybody hears that an instance takes no more requests, before it is told to end. */
export const leaveSeconds = 5;

/** @param volumes names of the writable directories' volumes, in their order */
export function containerOf(workload: Workload, volumes: readonly string[]): IContainer {
  const { image, args, writable, resources, variables } = workload;
  return {
    name: appName,
    image,
    ...(args ? { args: args.map(unexpanded) } : {}),
    ports: [{ name: 'http', containerPort: instancePort, protocol: 'TCP' }],
    envFrom: [{ configMapRef: { name: variables.configMap } }],
    env: environmentOf(workload),
    resources: {
      requests: { cpu: resources.cpu, memory: resources.memory },
      limits: { ...(resources.cpuLimit === null ? {} : { cpu: resources.cpuLimit }), memory: resources.memory },
    },
    ...probesOf(workload),
    lifecycle: { preStop: { sleep: { seconds: leaveSeconds } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: writable.map((mountPath, index) => ({ name: volumes[index] ?? '', mountPath })),
  };
}

/** What stands here wins over what comes from the ConfigMap: Kova's own variables cannot be set. */
function environmentOf({ project, environment, colour, variables }: Workload): IEnvVar[] {
  return [
    ...variables.fromSecret.map(({ name, optional }) => ({
      name,
      valueFrom: { secretKeyRef: { name: variables.secret, key: name, ...(optional ? { optional } : {}) } },
    })),
    { name: 'PORT', value: String(instancePort) },
    { name: 'HOST', value: '0.0.0.0' },
    // Kubernetes sets it to the name of the pod, which some servers take for the address to listen on.
    { name: 'HOSTNAME', value: '0.0.0.0' },
    { name: 'KOVA_POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'KOVA_INSTANCE', value: `${project}/${environment}/${colour}/$(KOVA_POD)` },
  ];
}

/** Kubernetes replaces `$(NAME)` in arguments, which no shell would. */
function unexpanded(arg: string): string {
  return arg.replaceAll('$(', '$$$$(');
}
