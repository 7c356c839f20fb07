import { existsSync } from 'node:fs';
import { bySlot, type IdentityOf } from '../../home/app-identities.ts';
import type { Home } from '../../home/home.ts';
import type { Migrator } from '../../ports/migrator.ts';
import { ownUser } from '../container/confinement.ts';
import { ContainerIdentity } from '../docker/identity.ts';
import { containersIn, engineFile, engineIn, servicesIn } from '../places.ts';
import { ContainerMigrator } from './container-migrator.ts';
import { createProcessMigrator } from './process-migrator.ts';

export interface MigratorOptions {
  home: Home;
  identityOf: IdentityOf;
  /** Where migrations that are processes find their programs. */
  path: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Migrations run in what their release runs in; those of a swarm in a container of the engine that Kova speaks to, those
 * of a cluster as processes of this machine. The engine is spoken to once a release has asked for it, never before.
 */
export function openMigrator({ home, identityOf, path, env = process.env }: MigratorOptions): Migrator {
  const asOf = bySlot(identityOf);
  const places = { docker: containersIn(home), swarm: servicesIn(home) };
  const processes = createProcessMigrator({ asOf, path });
  let opened: ContainerMigrator | null = null;
  const inContainers = async (directory: string) => {
    const { engine, homeId, baseImage } = await engineIn(home, directory, env);
    const identity = new ContainerIdentity(homeId);
    opened ??= new ContainerMigrator({ engine, identity, baseImage, asOf: (slot) => asOf(slot) ?? ownUser() });
    return opened;
  };
  return {
    async run(migration, signal) {
      const { runtime = 'process' } = migration;
      if (runtime !== 'docker' && runtime !== 'swarm') return processes.run(migration, signal);
      return (await inContainers(places[runtime])).run(migration, signal);
    },
    async endLeftovers() {
      const place = Object.values(places).find((directory) => existsSync(engineFile(directory)));
      if (place) await (await inContainers(place)).endLeftovers();
    },
  };
}
