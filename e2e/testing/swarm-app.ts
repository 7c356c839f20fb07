import type { ShipView } from '@kova/control/api';
import { nodeBase } from '@kova/control/testing/docker-engine';
import { pusher } from '@kova/control/testing/registry';
import { openTestSwarm, type TestSwarm } from '@kova/control/testing/swarm';
import type { AppVersion } from './app.ts';
import { TestKova } from './kova.ts';

/** A Kova on the first of three machines, whose registry asks for a password. */
export interface SwarmKova {
  swarm: TestSwarm;
  kova: TestKova;
  /** Ships a version with an instance on each machine, in an image that its pipeline builds and pushes. */
  shipped(version: AppVersion, runtime?: string): Promise<ShipView>;
  close(): Promise<void>;
}

export async function openSwarmKova(machines = 3): Promise<SwarmKova> {
  const swarm = await openTestSwarm(machines);
  const env = {
    DOCKER_HOST: swarm.nodes[0].host,
    KOVA_DOCKER_IMAGE: nodeBase.name,
    // Its machines have no bridge for the steps of a build.
    KOVA_BUILD_NETWORK: 'host',
  };
  const kova = await TestKova.keeping(env).catch(async (error: unknown) => {
    await swarm.close();
    throw error;
  });
  return {
    swarm,
    kova,
    async shipped(version, runtime = inImages(swarm)) {
      const more = `${runtime} ${version.more ?? ''}`;
      const commit = await kova.send({ ...onEachMachine(machines), ...version, more });
      const secret = { name: passwordName, value: pusher.password, by: 'ada' };
      await kova.call('POST', '/v1/projects/shop/secrets', secret);
      const { ship } = await kova.call<{ ship: string }>('POST', '/v1/projects/shop/ships', { commit });
      return kova.endOf(ship, shipLimitMs);
    },
    async close() {
      await kova.close();
      await swarm.close();
    },
  };
}

/** Of the secret with the password of the registry. */
export const passwordName = 'REGISTRY_PASSWORD';
const shipLimitMs = 120_000;

/** The address of this machine that those of the swarm reach. */
export function hostOf({ registry }: TestSwarm): string {
  return registry.address.split(':')[0] ?? '';
}

/** An instance of a version on each machine. */
export function onEachMachine(instances: number): Pick<AppVersion, 'environments' | 'app'> {
  return {
    environments: `{ production: { stability: '2s', instances: ${instances}, standby: '1h' } }`,
    app: `health: { path: '/health', deadline: '60s' },`,
  };
}

/** The keys of a configuration by which a version becomes an image in the registry of the swarm and runs on it. */
export function inImages({ registry }: TestSwarm): string {
  return `runtime: 'swarm',
  image: {
    base: '${nodeBase.name}', registry: '${registry.address}',
    credentials: { username: '${pusher.username}', password: '${passwordName}' },
  },`;
}
