import { environmentOf, type SlotId } from '@kova/core/environment/slot';
import type Docker from 'dockerode';
import { removeUnusedNetwork } from '../../engine/network.ts';

/**
 * A network is there as long as anything of its environment is: it goes with the last of the environment's slots.
 * Idempotent. @param home of `homeMark` @param running the slots that are left
 * @throws KovaError ENGINE_UNAVAILABLE
 */
export async function removeNetworkAfter(
  engine: Docker,
  home: string,
  stopped: SlotId,
  running: readonly SlotId[],
): Promise<void> {
  const { project, environment } = environmentOf(stopped);
  if (running.some((slot) => slot.startsWith(`${project}/${environment}/`))) return;
  await removeUnusedNetwork(engine, { home, project, environment });
}
