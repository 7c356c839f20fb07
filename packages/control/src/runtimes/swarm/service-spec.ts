import type Docker from 'dockerode';
import type { SlotSpec } from '../../ports/runtime.ts';
import { type AppUser, engineLog, releaseMount, releaseOf, scratchBytes } from '../container/confinement.ts';
import { containerPort } from '../docker/container-options.ts';
import { commandOf, indexTemplate, plainEnv, secretsFile } from './environment.ts';

const nanoseconds = 1e9;
const nanosecondsOfMs = 1e6;
const restartDelaySeconds = 1;

export interface ServicePlan {
  name: string;
  labels: Record<string, string>;
  spec: SlotSpec;
  image: string;
  as: AppUser;
  /** The secret that holds the secret part of the environment; null when there is none. */
  secret: { id: string; name: string } | null;
  network: string;
}

/** One slot as the swarm is told of it: a task for each instance, each with a port of its machine that leads to it. */
export function serviceSpec(plan: ServicePlan): Docker.ServiceSpec {
  const { name, labels, spec, network } = plan;
  return {
    ...{ Name: name, Labels: labels, Mode: { Replicated: { Replicas: spec.instances } } },
    TaskTemplate: {
      ContainerSpec: containerSpec(plan),
      Resources: { Limits: limits(spec) },
      RestartPolicy: { Condition: 'any', Delay: restartDelaySeconds * nanoseconds },
      Networks: [{ Target: network }],
      LogDriver: { Name: engineLog.driver, Options: engineLog.options },
    },
    // For one who updates it by hand: Kova makes a new service for another release.
    UpdateConfig: { Parallelism: 1, Order: 'start-first' },
    // No virtual address and no mesh: both want IPVS of the kernel, and the edge chooses among the tasks itself.
    EndpointSpec: { Mode: 'dnsrr', Ports: [{ Protocol: 'tcp', TargetPort: containerPort, PublishMode: 'host' }] },
  };
}

/** No rights beyond its own files, nothing to write to but memory. */
function containerSpec({ spec, image, as, secret }: ServicePlan): Docker.ContainerSpec {
  const scratch = { Type: 'tmpfs', Target: '/tmp', TmpfsOptions: { SizeBytes: scratchBytes, Mode: 0o1777 } };
  return {
    Image: image,
    Command: commandOf(spec),
    Env: [
      ...plainEnv({ ...spec.env, PORT: String(containerPort), HOST: '0.0.0.0', HOSTNAME: '0.0.0.0' }),
      instance(spec),
    ],
    User: `${as.uid}:${as.gid}`,
    ...(spec.image ? {} : { Dir: releaseMount }),
    Mounts: [scratch as unknown as Docker.MountSettings, ...(spec.image ? [] : [releaseOf(spec)])],
    Init: true,
    ReadOnly: true,
    CapabilityDrop: ['ALL'],
    StopSignal: 'SIGTERM',
    StopGracePeriod: spec.stopTimeoutMs * nanosecondsOfMs,
    // Kova asks the health path itself. With a check of the image's own, a task would count as running only after it.
    HealthCheck: { Test: ['NONE'] },
    Secrets: secret ? [secretReference(secret, as)] : [],
  };
}

function instance({ slot, instances }: SlotSpec): string {
  return `KOVA_INSTANCE=${slot}/${indexTemplate(instances)}`;
}

function secretReference({ id, name }: { id: string; name: string }, { uid, gid }: AppUser) {
  const File = { Name: secretsFile, UID: String(uid), GID: String(gid), Mode: 0o400 };
  return { SecretID: id, SecretName: name, File };
}

function limits({ limits: wanted }: SlotSpec) {
  const { memory = null, cpus = null, processes = null } = wanted ?? {};
  return {
    ...(memory === null ? {} : { MemoryBytes: memory }),
    ...(cpus === null ? {} : { NanoCPUs: Math.round(cpus * nanoseconds) }),
    ...(processes === null ? {} : { Pids: processes }),
  };
}
