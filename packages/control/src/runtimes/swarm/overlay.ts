import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall, engineStatus } from '../../engine/explain.ts';
import { homeLabel, type Place, placeLabels } from '../../engine/labels.ts';
import { networkName } from '../../engine/network.ts';

/** Name of the network on which the tasks of an environment speak to each other, from machine to machine. */
export function overlayName(place: Place): string {
  return `${networkName(place)}-swarm`;
}

/** Makes the environment's overlay network when it is missing. Idempotent. CONFLICT when another's has its name. */
export async function ensureOverlay(engine: Docker, place: Place): Promise<string> {
  const name = overlayName(place);
  return engineCall(`network ${name}`, async () => {
    const made = engine.createNetwork({ Name: name, Driver: 'overlay', Labels: placeLabels(place) });
    await made.catch((error: unknown) => {
      if (engineStatus(error) !== 409) throw error;
    });
    const found: Docker.NetworkInspectInfo = await engine.getNetwork(name).inspect();
    if (found.Labels?.[homeLabel] === place.home) return name;
    throw new KovaError('CONFLICT', `the network ${name} was not made by this Kova`, {
      next: `Look at it with \`docker network inspect ${name}\` and remove it if nothing needs it.`,
    });
  });
}

/** Removes the environment's network unless a service is on it, in which case the swarm refuses. Idempotent. */
export async function removeUnusedOverlay(engine: Docker, place: Place): Promise<void> {
  const network = engine.getNetwork(overlayName(place));
  const found: Docker.NetworkInspectInfo | null = await network.inspect().catch(() => null);
  if (found?.Labels?.[homeLabel] === place.home) await network.remove().catch(() => {});
}
