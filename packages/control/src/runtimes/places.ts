import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { baseImage } from '../engine/app-image.ts';
import { engineClient } from '../engine/client.ts';
import { engineSocket } from '../engine/socket.ts';
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

/** Where the Swarm runtime does. */
export function servicesIn(home: Home): string {
  return join(home.slots, '.services');
}

/** Holds the socket of the engine that something was made in, for those who look for it without Kova. */
export function engineFile(directory: string): string {
  return join(directory, 'engine');
}

/** What works in an engine is opened with this; from here on it is known that there may be something. */
export async function engineIn(home: Home, directory: string, env: NodeJS.ProcessEnv) {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(engineFile(directory), engineSocket(env), { mode: 0o600 });
  const homeId = await tokenIn(home.root, 'home-id');
  return { directory, homeId, engine: engineClient(env), baseImage: baseImage(env) };
}

/** There once a release has asked for a cluster: slots are to be looked for in one. */
export function clusterFile(home: Home): string {
  return join(home.slots, '.cluster');
}

/** What is needed to find the containers of a home; null where none was ever made. */
export async function containersOf(home: Home): Promise<ContainersPlace | null> {
  return placeIn(home, containersIn(home));
}

/** What is needed to find the services of a home; null where none was ever made. */
export async function swarmOf(home: Home): Promise<ContainersPlace | null> {
  return placeIn(home, servicesIn(home));
}

async function placeIn(home: Home, directory: string): Promise<ContainersPlace | null> {
  const socket = await readFile(engineFile(directory), 'utf8').catch(() => null);
  if (socket === null) return null;
  const engine = engineClient({ DOCKER_HOST: `unix://${socket}` });
  return { engine, homeId: await tokenIn(home.root, 'home-id'), directory, logs: home.logs };
}
