import type { ServiceKind } from '../../engine/service-address.ts';

/** How a service is run in a container; what its official image expects, and what Kova wants of it. */
export interface Blueprint {
  kind: ServiceKind;
  port: number;
  /** Of the image: without power, and the owner of `data`. */
  user: string;
  /** Where the volume is mounted. */
  data: string;
  /** Never a secret: `docker inspect` shows it to whoever may ask the engine. */
  env: Readonly<Record<string, string>>;
  /** @param memory what the container may take, bytes */
  command(memory: number): string[];
  /** Directories in memory, beside a root that cannot be written. */
  scratch: readonly string[];
  /** What the engine runs in the container to see whether it serves. */
  health: readonly string[];
  stopSignal: NodeJS.Signals;
  /** Its variable with the major version in the image's environment, and the one that is wanted. */
  version: { variable: string; major: string };
}

/** Where a service finds its secrets, read only. */
export const secretsMount = '/run/kova';
