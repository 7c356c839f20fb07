import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineClient } from '../engine/client.ts';
import type { Home } from '../home/home.ts';
import { tokenIn } from '../home/token.ts';
import type { ContainersPlace } from './docker/survivors.ts';

/** Where the process runtime writes down what must survive a crash. */
export function processesIn(home: Home): string {
  return join(home.slots, '.state');
}

/** Where the Docker runtime does. */
export function containersIn(home: Home): string {
  return join(home.slots, '.containers');
}

/** Holds the socket of the engine that the containers are in, for those who look for them without Kova. */
export function engineFile(home: Home): string {
  return join(containersIn(home), 'engine');
}

/** There once a release has asked for a cluster: slots are to be looked for in one. */
export function clusterFile(home: Home): string {
  return join(home.slots, '.cluster');
}

/** What is needed to find the containers of a home; null where none was ever made. */
export async function containersOf(home: Home): Promise<ContainersPlace | null> {
  const socket = await readFile(engineFile(home), 'utf8').catch(() => null);
  if (socket === null) return null;
  const engine = engineClient({ DOCKER_HOST: `unix://${socket}` });
  return { engine, homeId: await tokenIn(home.root, 'home-id'), directory: containersIn(home), logs: home.logs };
}
