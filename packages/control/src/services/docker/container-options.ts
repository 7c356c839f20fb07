import type Docker from 'dockerode';
import type { NamedContainer } from '../../engine/create-named.ts';
import { type Place, placeLabels } from '../../engine/labels.ts';
import { type Blueprint, secretsMount } from './blueprint.ts';

const serviceLabel = 'dev.kova.service';

/** How long a service may take to stop before it is killed, s: PostgreSQL writes what it holds. */
export const stopSeconds = 50;
const maxProcesses = 512;
const second = 1e9;

export interface ContainerPlan {
  blueprint: Blueprint;
  place: Place;
  /** Also of its volume. */
  name: string;
  image: string;
  memory: number;
  network: string;
  networkId: string;
  address: string;
  /** Directory here with what it must keep to itself. */
  secrets: string;
}

export function serviceName({ home, project, environment }: Place, kind: string): string {
  return `kova-${home}-${project}-${environment}-${kind}`;
}

export function serviceLabels(place: Place, kind: string): Record<string, string> {
  return { ...placeLabels(place), [serviceLabel]: kind };
}

/**
 * A service as the engine is told of it: its data in a volume, all else read only, and no right beyond its own files.
 */
export function containerOptions(plan: ContainerPlan): NamedContainer['options'] {
  const { blueprint, place, name, image, memory, network, address } = plan;
  return {
    name,
    Labels: serviceLabels(place, blueprint.kind),
    Image: image,
    Cmd: blueprint.command(memory),
    Env: Object.entries(blueprint.env).map(([key, value]) => `${key}=${value}`),
    User: blueprint.user,
    Healthcheck: {
      Test: ['CMD', ...blueprint.health],
      ...{ Interval: 10 * second, Timeout: 5 * second, Retries: 3, StartPeriod: 60 * second },
    },
    StopSignal: blueprint.stopSignal,
    StopTimeout: stopSeconds,
    HostConfig: hostConfig(plan),
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } },
  };
}

function hostConfig({ blueprint, name, memory, network, secrets }: ContainerPlan): Docker.HostConfig {
  return {
    NetworkMode: network,
    RestartPolicy: { Name: 'unless-stopped' },
    Mounts: [
      { Type: 'volume', Source: name, Target: blueprint.data },
      { Type: 'bind', Source: secrets, Target: secretsMount, ReadOnly: true },
    ],
    ReadonlyRootfs: true,
    Tmpfs: Object.fromEntries(blueprint.scratch.map((path) => [path, 'rw,nosuid,nodev,noexec,size=64m,mode=1777'])),
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    PidsLimit: maxProcesses,
    ...{ Memory: memory, MemorySwap: memory, ShmSize: Math.floor(memory / 4) },
    LogConfig: { Type: 'local', Config: { 'max-size': '10m', 'max-file': '3' } },
  };
}
