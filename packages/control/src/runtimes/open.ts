import { existsSync } from 'node:fs';
import { bySlot, type IdentityOf } from '../home/app-identities.ts';
import type { Home } from '../home/home.ts';
import type { Identity } from '../home/unprivileged.ts';
import { ChosenRuntime } from './chosen-runtime.ts';
import { createDockerRuntime } from './docker/docker-runtime.ts';
import { clusterFile, containersIn, engineFile, engineIn, processesIn, servicesIn } from './places.ts';
import { createProcessRuntime } from './process/process-runtime.ts';
import type { InstanceEvent } from './slot/surroundings.ts';
import { createSwarmRuntime, type SwarmRuntimeOptions } from './swarm/swarm-runtime.ts';

export interface RuntimesOptions {
  home: Home;
  as: Identity | null;
  identityOf: IdentityOf;
  onEvent: (event: InstanceEvent) => void;
  credentialsOf: SwarmRuntimeOptions['credentialsOf'];
  env?: NodeJS.ProcessEnv;
}

/** What runs the slots of this home. Docker or a cluster is spoken to once a release has asked for it, never before. */
export async function openRuntimes(options: RuntimesOptions): Promise<ChosenRuntime> {
  const { home, as, identityOf, onEvent, credentialsOf, env = process.env } = options;
  const shared = { logs: home.logs, onEvent, asOf: bySlot(identityOf) };
  const runtime = new ChosenRuntime({
    process: () => createProcessRuntime({ ...shared, directory: processesIn(home), as }),
    docker: async () => createDockerRuntime({ ...shared, ...(await engineIn(home, containersIn(home), env)) }),
    swarm: async () =>
      createSwarmRuntime({ ...shared, ...(await engineIn(home, servicesIn(home), env)), credentialsOf }),
    // Its client takes 90 MB and seconds to load: only those who ask for a cluster shall have it.
    kubernetes: async () => (await import('./kubernetes/open.ts')).openClusterRuntime(home, env),
  });
  await runtime.open('process');
  if (existsSync(engineFile(containersIn(home)))) await runtime.open('docker');
  if (existsSync(engineFile(servicesIn(home)))) await runtime.open('swarm');
  if (existsSync(clusterFile(home))) await runtime.open('kubernetes');
  return runtime;
}
