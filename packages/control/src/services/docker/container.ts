import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { createNamed } from '../../engine/create-named.ts';
import { engineCall, engineStatus, ifThere } from '../../engine/explain.ts';
import { homeLabel, type Place } from '../../engine/labels.ts';
import { type ContainerPlan, containerOptions, stopSeconds } from './container-options.ts';
import { isLost, refuseAlive } from './lost.ts';

/** Null when there is none of that name. CONFLICT when it is not of this home. */
export async function findContainer(
  engine: Docker,
  name: string,
  { home }: Pick<Place, 'home'>,
): Promise<Docker.ContainerInspectInfo | null> {
  const found = await engineCall(`container ${name}`, () => ifThere(engine.getContainer(name).inspect()));
  if (!found || found.Config.Labels?.[homeLabel] === home) return found;
  throw new KovaError('CONFLICT', `the container ${name} was not made by this Kova`, {
    next: `Look at it with \`docker inspect ${name}\`; rename or remove it if nothing needs it.`,
  });
}

/**
 * Makes the container and starts it; one that is there is started, and left as it is unless it is out of place, or
 * `adjust` says that what it is made of counts now. Then it is stopped and made again; its data stay in the volume.
 * Idempotent, also after a crash in its midst. @throws KovaError CONFLICT, ENGINE_FAILED, ENGINE_UNAVAILABLE
 */
export async function ensureContainer(
  engine: Docker,
  plan: ContainerPlan,
  { adjust, prepare }: { adjust: boolean; prepare: () => Promise<void> },
): Promise<void> {
  const { name, place } = plan;
  const found = await findContainer(engine, name, place);
  const kept = found && !isOutOfPlace(found, plan) && !(adjust && isOtherwise(found, plan));
  if (!kept) {
    await prepare();
    if (found) await removeContainer(engine, name);
    await create(engine, plan);
  }
  await start(engine, plan);
}

/** Idempotent: one that runs is left alone. One that cannot be started any more is made again. */
async function start(engine: Docker, plan: ContainerPlan): Promise<void> {
  const { name, place } = plan;
  const attempt = () => engineCall(`starting ${name}`, () => engine.getContainer(name).start().catch(unless(304)));
  await attempt().catch(async (error: KovaError) => {
    if (!isLost(error.cause)) throw error;
    await refuseAlive(name, (await findContainer(engine, name, place))?.Id ?? name);
    await removeContainer(engine, name);
    await create(engine, plan);
    await attempt();
  });
}

/** SIGINT or SIGTERM, and SIGKILL when it does not end. Idempotent. */
export async function stopContainer(engine: Docker, name: string): Promise<void> {
  await engineCall(`stopping ${name}`, () =>
    engine.getContainer(name).stop({ t: stopSeconds }).catch(unless(304, 404)),
  );
}

async function removeContainer(engine: Docker, name: string): Promise<void> {
  await stopContainer(engine, name);
  await engineCall(`removing ${name}`, () => engine.getContainer(name).remove().catch(unless(404)));
}

/** One that somebody else makes just now will do. */
async function create(engine: Docker, plan: ContainerPlan): Promise<void> {
  const { name, place } = plan;
  const whenTaken = async () => (await findContainer(engine, name, place)) !== null;
  await createNamed(engine, { doing: `creating ${name}`, options: containerOptions(plan), whenTaken });
}

/** Its network was made again, or it lost its address: it could not be started, or not be found. */
function isOutOfPlace({ NetworkSettings, HostConfig }: Docker.ContainerInspectInfo, plan: ContainerPlan): boolean {
  const endpoint = NetworkSettings.Networks[plan.network];
  const elsewhere = HostConfig.NetworkMode !== plan.network || endpoint?.IPAMConfig?.IPv4Address !== plan.address;
  return elsewhere || (endpoint.NetworkID !== '' && endpoint.NetworkID !== plan.networkId);
}

function isOtherwise({ Config, HostConfig }: Docker.ContainerInspectInfo, { image, memory }: ContainerPlan): boolean {
  return Config.Image !== image || HostConfig.Memory !== memory;
}

function unless(...statuses: readonly number[]): (error: unknown) => void {
  return (error) => {
    if (!statuses.includes(engineStatus(error) ?? 0)) throw error;
  };
}
