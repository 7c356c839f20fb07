import type { SlotId } from '@kova/core/environment/slot';
import type Docker from 'dockerode';
import type { SlotSpec } from '../../ports/runtime.ts';
import { type AppUser, confined } from '../container/confinement.ts';

/** The port that apps listen on, each at an address of its own. */
export const containerPort = 3000;

export interface ContainerPlan {
  name: string;
  labels: Record<string, string>;
  spec: SlotSpec;
  instance: `${SlotId}/${number}`;
  image: string;
  network: string;
  host: string;
  as: AppUser;
}

/** One instance as the engine is told of it. */
export function containerOptions(plan: ContainerPlan): Docker.ContainerCreateOptions {
  const { name, labels, spec, image, network, host, as } = plan;
  const told = { PORT: String(containerPort), HOST: '0.0.0.0', HOSTNAME: '0.0.0.0', KOVA_INSTANCE: plan.instance };
  const env = { ...spec.env, ...told };
  const { HostConfig, ...options } = confined({ release: spec, argv: spec.start, env, image, network, as });
  return {
    ...options,
    name,
    Labels: labels,
    StopSignal: 'SIGTERM',
    StopTimeout: Math.ceil(spec.stopTimeoutMs / 1000),
    // After a restart of the engine containers come back by themselves, also while Kova is away.
    HostConfig: { ...HostConfig, RestartPolicy: { Name: 'unless-stopped' } },
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: host } } } },
  };
}
