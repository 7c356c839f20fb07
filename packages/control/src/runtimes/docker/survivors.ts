import type { Secret } from '@kova/core/secret';
import type Docker from 'dockerode';
import { engineCall } from '../../engine/explain.ts';
import { homeLabel } from '../../engine/labels.ts';
import { SlotLogs } from '../logs/slot-logs.ts';
import { Records } from '../slot/records.ts';
import { finishStop } from '../slot/recovery.ts';
import { fromWritten } from '../slot/spec.ts';
import { Addresses } from './addresses.ts';
import { ContainerLauncher } from './container-launcher.ts';
import { EngineEvents } from './engine-events.ts';
import { ContainerIdentity, instanceLabel } from './identity.ts';
import { containerRecord } from './records.ts';

/** Where the containers of a home are: in which engine, and by what they are known. */
export interface ContainersPlace {
  engine: Docker;
  homeId: Secret;
  directory: string;
  logs: string;
}

/** The containers of a home, by the instance's id, with their first processes. None while the engine is away. */
export async function runningContainers(place: ContainersPlace | null): Promise<Map<string, number[]>> {
  const running = new Map<string, number[]>();
  if (place === null) return running;
  const { engine, homeId } = place;
  for (const { Id, Labels } of await ownContainers(engine, new ContainerIdentity(homeId)).catch(() => [])) {
    const pid = await pidOf(engine, Id);
    const id = Labels[instanceLabel] ?? '';
    if (pid > 0) running.set(id, [...(running.get(id) ?? []), pid]);
  }
  return running;
}

/** The containers of instances that the home of that identity has made, running or not; what only says so is left out. */
export async function ownContainers(engine: Docker, identity: ContainerIdentity): Promise<Docker.ContainerInfo[]> {
  const filters = { label: [`${homeLabel}=${identity.home}`, instanceLabel] };
  const found = await engineCall('looking for containers', () => engine.listContainers({ all: true, filters }));
  return found.filter(({ Names: [name = ''], Labels }) => identity.made(name.slice(1), Labels));
}

/**
 * Ends the containers of a home in which no runtime is at work. Their slots stay wanted: the next runtime starts them
 * again. Idempotent. @throws KovaError ENGINE_UNAVAILABLE where there may be some
 */
export async function stopContainers(place: ContainersPlace | null): Promise<void> {
  if (place === null) return;
  const { engine, homeId, directory, logs } = place;
  const identity = new ContainerIdentity(homeId);
  const shared = { engine, identity, events: new EngineEvents(engine, identity.home), addresses: new Addresses() };
  const records = new Records(directory, containerRecord);
  const stopping = (await records.slots()).map(async ({ spec: written }) => {
    const spec = fromWritten(written);
    const around = {
      ...shared,
      spec,
      logs: new SlotLogs(logs, spec),
      baseImage: '',
      as: { uid: 0, gid: 0 },
      stoppedPatienceMs: 0,
    };
    await finishStop(spec, await records.instances(spec), new ContainerLauncher(around), records);
  });
  await Promise.all(stopping);
  const left = await ownContainers(engine, identity);
  await Promise.all(left.map(({ Id }) => engine.getContainer(Id).remove({ force: true, v: true })));
}

async function pidOf(engine: Docker, id: string): Promise<number> {
  return engine
    .getContainer(id)
    .inspect()
    .then(
      ({ State }) => State.Pid,
      () => 0,
    );
}
