import type Docker from 'dockerode';
import { engineCall, goneAlready } from '../../engine/explain.ts';
import { homeLabel } from '../../engine/labels.ts';
import { ContainerIdentity } from '../docker/identity.ts';
import type { ContainersPlace } from '../docker/survivors.ts';

/** With the id of the deployment. */
export const migrationLabel = 'dev.kova.migration';

/** The migrations' containers that the home of that identity has made, running or not. */
export async function migrationContainers(
  engine: Docker,
  identity: ContainerIdentity,
): Promise<Array<{ id: string; name: string }>> {
  const filters = { label: [`${homeLabel}=${identity.home}`, migrationLabel] };
  const found = await engineCall('looking for migrations', () => engine.listContainers({ all: true, filters }));
  return found
    .map(({ Id, Names: [name = ''], Labels }) => ({ id: Id, name: name.slice(1), labels: Labels }))
    .filter(({ name, labels }) => identity.made(name, labels));
}

/** Ends the migrations of a home in which no control plane is at work. @throws KovaError ENGINE_UNAVAILABLE */
export async function endMigrations(place: ContainersPlace | null): Promise<void> {
  if (place === null) return;
  const { engine, homeId } = place;
  const found = await migrationContainers(engine, new ContainerIdentity(homeId));
  await Promise.all(found.map(({ id }) => removeContainer(engine, id)));
}

/** Kills what runs in it. Idempotent. */
export async function removeContainer(engine: Docker, id: string): Promise<void> {
  await engineCall(`removing the container ${id}`, async () => {
    await engine.getContainer(id).remove({ force: true, v: true }).catch(goneAlready);
  });
}
