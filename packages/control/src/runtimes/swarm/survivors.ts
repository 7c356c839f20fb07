import { setTimeout as pause } from 'node:timers/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import { engineCall } from '../../engine/explain.ts';
import { ContainerIdentity } from '../docker/identity.ts';
import type { ContainersPlace } from '../docker/survivors.ts';
import { Records } from '../slot/records.ts';
import { listTasks } from './list-tasks.ts';
import { taskRecord } from './records.ts';
import { ownServices, removeService } from './service.ts';
import { mayRun, type SwarmTask } from './task.ts';

const patienceMs = 60_000;
const pollMs = 200;

/** The services of a home; their processes are of several machines, so that none are told. None while the engine is away. */
export async function runningSwarmSlots(place: ContainersPlace | null): Promise<Map<string, number[]>> {
  if (place === null) return new Map();
  const services = await ownServices(place.engine, new ContainerIdentity(place.homeId)).catch(() => []);
  return new Map(services.map(({ Spec }) => [`service ${Spec.Name}`, []]));
}

/**
 * Ends the services of a home in which no runtime is at work. Their slots stay wanted: the next runtime starts them
 * again. Idempotent. @throws KovaError ENGINE_UNAVAILABLE where there may be some; STEP_TIMEOUT
 */
export async function stopSwarmSlots(place: ContainersPlace | null): Promise<void> {
  if (place === null) return;
  const { engine, homeId, directory } = place;
  const identity = new ContainerIdentity(homeId);
  await Promise.all((await ownServices(engine, identity)).map((service) => removeService(engine, service)));
  await awaitEnd(() => engineCall('looking for tasks', () => listTasks(engine, identity.home)));
  const records = new Records(directory, taskRecord);
  for (const { spec } of await records.slots()) {
    for (let index = 0; index < spec.instances; index += 1) await records.removeInstance(spec.slot, index);
  }
}

async function awaitEnd(look: () => Promise<SwarmTask[]>): Promise<void> {
  for (const end = Date.now() + patienceMs; ; await pause(pollMs)) {
    const left = (await look()).filter(mayRun);
    if (left.length === 0) return;
    if (Date.now() < end) continue;
    const names = left.map(({ id, machine }) => `task ${id} on ${machine?.name}`);
    throw new KovaError('STEP_TIMEOUT', `${names.join(', ')} does not end`);
  }
}
