import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall, engineStatus, ifThere } from './explain.ts';
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

/** Removes the environment's network when no container, not even a stopped one, is on it. Idempotent. */
export async function removeUnusedNetwork(engine: Docker, place: Place): Promise<void> {
  const name = networkName(place);
  await engineCall(`removing the network ${name}`, async () => {
    const network = await inspect(engine, name);
    if (network?.Labels?.[homeLabel] !== place.home) return;
    const users = await engine.listContainers({ all: true, filters: { network: [network.Id] } });
    if (users.length > 0) return;
    await engine
      .getNetwork(network.Id)
      .remove()
      .catch((error: unknown) => {
        // Somebody came to it meanwhile, or it is gone.
        if (![403, 404].includes(engineStatus(error) ?? 0)) throw error;
      });
  });
}

async function ensure(engine: Docker, name: string, place: Place): Promise<Docker.NetworkInspectInfo> {
  const found = (await inspect(engine, name)) ?? (await create(engine, name, place));
  if (found.Labels?.[homeLabel] === place.home) return found;
  throw new KovaError('CONFLICT', `the network ${name} was not made by this Kova`, {
    next: `Look at it with \`docker network inspect ${name}\` and remove it if nothing needs it.`,
  });
}

function inspect(engine: Docker, name: string): Promise<Docker.NetworkInspectInfo | null> {
  return ifThere(engine.getNetwork(name).inspect());
}

/** In the time between giving a range back and asking for it by name, another network may take it. */
const attempts = 3;

/**
 * The engine draws the range, and the network is made with that range by name: only then do containers keep the
 * addresses that they are given (moby: "only when connecting to networks with user configured subnets"). It is drawn
 * under another name, so that nobody takes it for the network should Kova die in between.
 */
async function create(engine: Docker, name: string, place: Place): Promise<Docker.NetworkInspectInfo> {
  const options = { Name: name, Driver: 'bridge', Labels: placeLabels(place), CheckDuplicate: true };
  for (let attempt = 1; ; attempt += 1) {
    const ranges = await drawRange(engine, { ...options, Name: `${name}.draw` });
    try {
      const network = await engine.createNetwork({ ...options, IPAM: { Config: ranges } });
      return await network.inspect();
    } catch (error) {
      const made = engineStatus(error) === 409 ? await inspect(engine, name) : null;
      if (made) return made;
      if (attempt === attempts || engineStatus(error) !== 403) throw error;
    }
  }
}

async function drawRange(engine: Docker, options: Docker.NetworkCreateOptions) {
  const leftBehind = await inspect(engine, options.Name);
  if (leftBehind) await engine.getNetwork(leftBehind.Id).remove();
  const drawn = await engine.createNetwork(options);
  const { IPAM } = (await drawn.inspect()) as Docker.NetworkInspectInfo;
  await drawn.remove();
  return (IPAM?.Config ?? []).map(({ Subnet, Gateway }) => ({ Subnet: Subnet ?? '', Gateway: Gateway ?? '' }));
}
