import type Docker from 'dockerode';
import type { Identity } from '../../home/unprivileged.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { revealed } from '../slot/spec.ts';

/** Where a release that is in no image of its own is seen. */
export const releaseMount = '/app';
/** What an app may write goes to memory, and counts as its own. */
export const scratchBytes = 268_435_456;
/** Kova copies the output; an engine keeps as much as may come while Kova is away. */
export const engineLog = {
  driver: 'local',
  options: { 'max-size': '16777216', 'max-file': '2', compress: 'false' },
} as const;

/** Apps are killed before Kova when memory runs out: see the process runtime. */
const oomScore = 500;

/** By number, whatever the image says. */
export type AppUser = Pick<Identity, 'uid' | 'gid'>;

/** Where Kova has no choice, apps run as it does itself. */
export function ownUser(): AppUser {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}

export interface Confined {
  release: Pick<SlotSpec, 'image' | 'directory' | 'limits'>;
  argv: readonly string[];
  env: SlotSpec['env'];
  /** The release's own, or what stands for one. */
  image: string;
  network: string;
  as: AppUser;
}

/** A program of a release as the engine is told of it: no rights beyond its own files, nothing to write to but memory. */
export function confined({ release, argv, env, image, network, as }: Confined) {
  const [program = '', ...args] = argv;
  return {
    Image: image,
    Entrypoint: [program],
    Cmd: args,
    Env: Object.entries(revealed(env)).map(([key, value]) => `${key}=${value}`),
    User: `${as.uid}:${as.gid}`,
    ...(release.image ? {} : { WorkingDir: releaseMount }),
    HostConfig: {
      NetworkMode: network,
      ...(release.image ? {} : { Mounts: [releaseOf(release)] }),
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': `rw,nosuid,nodev,size=${scratchBytes},mode=1777` },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      OomScoreAdj: oomScore,
      LogConfig: { Type: engineLog.driver, Config: engineLog.options },
      ...limits(release),
    },
  } satisfies Docker.ContainerCreateOptions;
}

/** The directory of a release that is in no image, as its containers see it. */
export function releaseOf({ directory }: Pick<SlotSpec, 'directory'>): Docker.MountSettings {
  return { Type: 'bind', Source: directory, Target: releaseMount, ReadOnly: true };
}

/** Swap would slow the machine down where an app that outgrows its memory must end. */
function limits({ limits: wanted }: Pick<SlotSpec, 'limits'>): Docker.HostConfig {
  const { memory = null, cpus = null, processes = null } = wanted ?? {};
  return {
    ...(memory === null ? {} : { Memory: memory, MemorySwap: memory }),
    ...(cpus === null ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    ...(processes === null ? {} : { PidsLimit: processes }),
  };
}
