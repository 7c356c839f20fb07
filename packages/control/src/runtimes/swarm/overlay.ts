import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall } from '../../engine/explain.ts';
import { homeLabel, type Place, placeLabels } from '../../engine/labels.ts';
import { networkName } from '../../engine/network.ts';

/**
 * The network on which the tasks of an environment speak to each other, from machine to machine; made when it is
 * missing. Returns its id: a machine may still know an earlier one of the same name, by which the name would mean two.
 * Idempotent. CONFLICT when another's has its name.
 */
export async function ensureOverlay(engine: Docker, place: Place): Promise<string> {
  const name = `${networkName(place)}-swarm`;
  return engineCall(`network ${name}`, async () => {
    const found = (await findOverlay(engine, name)) ?? (await createOverlay(engine, name, place));
    if (found.Labels?.[homeLabel] === place.home) return found.Id;
    throw new KovaError('CONFLICT', `the network ${name} was not made by this Kova`, {
      next: `Look at it with \`docker network inspect ${name}\` and remove it if nothing needs it.`,
    });
  });
}

async function findOverlay(engine: Docker, name: string): Promise<Docker.NetworkInspectInfo | undefined> {
  const found = await engine.listNetworks({ filters: { name: [name], driver: ['overlay'] } });
  const own = found.filter(({ Name }) => Name === name);
  return own.toSorted((a, b) => Date.parse(a.Created) - Date.parse(b.Created)).at(-1);
}

/** What was just made need not be in the list yet, so that it is asked for by its id. */
async function createOverlay(engine: Docker, name: string, place: Place): Promise<Docker.NetworkInspectInfo> {
  const network = await engine.createNetwork({ Name: name, Driver: 'overlay', Labels: placeLabels(place) });
  return network.inspect();
}
