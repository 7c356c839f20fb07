import type Docker from 'dockerode';
import { engineClient } from '../../engine/client.ts';
import { engineCall } from '../../engine/explain.ts';
import { homeMark } from '../../engine/labels.ts';
import type { Home } from '../../home/home.ts';
import { tokenIn } from '../../home/token.ts';
import { findContainer, stopContainer } from './container.ts';
import { readRecords, type ServiceRecord } from './records.ts';

/** A service of a home that runs in a container. */
interface RunningService {
  /** `shop/production/postgres` */
  name: string;
  /** Its first process. */
  pid: number;
}

/** The services of a home that run in containers, whoever started them; none while the engine is away. */
export async function runningServices(home: Home): Promise<RunningService[]> {
  const found = await Promise.all((await readRecords(home.services)).map((record) => look(home, record)));
  return found.flatMap((service) => service ?? []);
}

/**
 * Stops the services of a home that run in containers, save those that are named; the data stay, and the engine does
 * not start them again by itself. Idempotent. @throws KovaError ENGINE_UNAVAILABLE where there may be some
 */
export async function stopServices(home: Home, { except = [] }: { except?: readonly string[] } = {}): Promise<void> {
  const records = (await readRecords(home.services)).filter((record) => !except.includes(nameOf(record)));
  await Promise.all(
    records.map(async (record) => {
      const engine = engineOf(record);
      if (await findOwn(engine, home, record)) await stopContainer(engine, record.name);
    }),
  );
}

function nameOf({ project, environment, kind }: ServiceRecord): string {
  return `${project}/${environment}/${kind}`;
}

function engineOf({ socket }: ServiceRecord): Docker {
  return engineClient({ DOCKER_HOST: `unix://${socket}` });
}

async function look(home: Home, record: ServiceRecord): Promise<RunningService | null> {
  const found = await findOwn(engineOf(record), home, record).catch(() => null);
  return found?.State.Running ? { name: nameOf(record), pid: found.State.Pid } : null;
}

async function findOwn(engine: Docker, home: Home, { name }: ServiceRecord) {
  const mark = homeMark(await tokenIn(home.root, 'home-id'));
  return engineCall(`container ${name}`, () => findContainer(engine, name, { home: mark }));
}
