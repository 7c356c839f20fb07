import type { SlotId } from '@kova/core/environment/slot';
import type Docker from 'dockerode';
import type { Identity } from '../../home/unprivileged.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { revealed } from '../slot/spec.ts';

/** The port that apps listen on, each at an address of its own. */
export const containerPort = 3000;
/** Where a release that is in no image of its own is seen. */
const releaseMount = '/app';
/** What an app may write goes to memory, and counts as its own. */
const scratch = { '/tmp': 'rw,nosuid,nodev,size=268435456,mode=1777' };
/** Apps are killed before Kova when memory runs out: see the process runtime. */
const oomScore = 500;
/** Kova copies the output; the engine keeps as much as may come while Kova is away. */
const engineLogBytes = 16_777_216;

export interface ContainerPlan {
  name: string;
  labels: Record<string, string>;
  spec: SlotSpec;
  instance: `${SlotId}/${number}`;
  image: string;
  network: string;
  host: string;
  as: Pick<Identity, 'uid' | 'gid'>;
}

/** One instance as the engine is told of it: no rights beyond its own files, nothing to write to but memory. */
export function containerOptions(plan: ContainerPlan): Docker.ContainerCreateOptions {
  const { name, labels, spec, image, network, host, as } = plan;
  const [program = '', ...args] = spec.start;
  const env = {
    ...revealed(spec.env),
    ...{ PORT: String(containerPort), HOST: '0.0.0.0', HOSTNAME: '0.0.0.0', KOVA_INSTANCE: plan.instance },
  };
  return {
    name,
    Labels: labels,
    Image: image,
    Entrypoint: [program],
    Cmd: args,
    Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
    User: `${as.uid}:${as.gid}`,
    ...(spec.image ? {} : { WorkingDir: releaseMount }),
    StopSignal: 'SIGTERM',
    StopTimeout: Math.ceil(spec.stopTimeoutMs / 1000),
    HostConfig: hostConfig(spec, network),
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: host } } } },
  };
}

function hostConfig(spec: SlotSpec, network: string): Docker.HostConfig {
  return {
    NetworkMode: network,
    // After a restart of the engine containers come back by themselves, also while Kova is away.
    RestartPolicy: { Name: 'unless-stopped' },
    ...(spec.image ? {} : { Mounts: [releaseOf(spec)] }),
    ReadonlyRootfs: true,
    Tmpfs: scratch,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Init: true,
    OomScoreAdj: oomScore,
    LogConfig: { Type: 'local', Config: { 'max-size': String(engineLogBytes), 'max-file': '2', compress: 'false' } },
    ...limits(spec),
  };
}

function releaseOf({ directory }: SlotSpec): Docker.MountSettings {
  return { Type: 'bind', Source: directory, Target: releaseMount, ReadOnly: true };
}

/** Swap would slow the machine down where an app that outgrows its memory must end. */
function limits({ limits: wanted }: SlotSpec): Docker.HostConfig {
  const { memory = null, cpus = null, processes = null } = wanted ?? {};
  return {
    ...(memory === null ? {} : { Memory: memory, MemorySwap: memory }),
    ...(cpus === null ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    ...(processes === null ? {} : { PidsLimit: processes }),
  };
}
