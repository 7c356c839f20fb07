import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall, engineStatus } from './explain.ts';
import { homeLabel, type Place, placeLabels } from './labels.ts';

/** Name of the network that the containers of an environment share, and nobody else is on. */
export function networkName({ home, project, environment }: Place): string {
  return `kova-${home}-${project}-${environment}`;
}

/** Names of networks are not unique to an engine, so that only one caller at a time may look and make. */
const making = new Map<string, Promise<Docker.NetworkInspectInfo>>();

/** The environment's bridge network; made when it is missing. Idempotent. CONFLICT when another's has its name. */
export function ensureNetwork(engine: Docker, place: Place): Promise<Docker.NetworkInspectInfo> {
  const name = networkName(place);
  const made = making.get(name) ?? engineCall(`network ${name}`, () => ensure(engine, name, place));
  making.set(name, made);
  return made.finally(() => making.delete(name));
}

async function ensure(engine: Docker, name: string, place: Place): Promise<Docker.NetworkInspectInfo> {
  const found = (await inspect(engine, name)) ?? (await create(engine, name, place));
  if (found.Labels?.[homeLabel] === place.home) return found;
  throw new KovaError('CONFLICT', `the network ${name} was not made by this Kova`, {
    next: `Look at it with \`docker network inspect ${name}\` and remove it if nothing needs it.`,
  });
}

async function inspect(engine: Docker, name: string): Promise<Docker.NetworkInspectInfo | null> {
  try {
    return await engine.getNetwork(name).inspect();
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
}

async function create(engine: Docker, name: string, place: Place): Promise<Docker.NetworkInspectInfo> {
  const network = await engine.createNetwork({ Name: name, Driver: 'bridge', Labels: placeLabels(place) });
  return network.inspect();
}
