import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, KovaError, reportOf } from '@kova/core/errors/kova-error';
import { isElsewhere } from '@kova/edge/elsewhere';
import { stopEdge } from '@kova/edge/launch';
import { removeLeftoverBuilds } from './build/directory.ts';
import { killStrays } from './commands/strays.ts';
import { type ControlRecord, controlIn } from './home/control-record.ts';
import { type Home, homeAt, homePath } from './home/home.ts';
import { lockHome } from './home/lock.ts';
import { stopContainers } from './runtimes/docker/survivors.ts';
import { endMigrations } from './runtimes/migrator/leftovers.ts';
import { containersOf, processesIn, swarmOf } from './runtimes/places.ts';
import { stopInstances } from './runtimes/process/survivors.ts';
import { stopSwarmSlots } from './runtimes/swarm/survivors.ts';
import { stopServices } from './services/docker/survivors.ts';
import { stopClusters } from './services/postgres/running.ts';
import { type Survivor, survey } from './survey.ts';

export interface StopOptions {
  env?: NodeJS.ProcessEnv;
  /** Also the edge, the instances and the databases; else traffic goes on, and `kova up` adopts what runs. */
  apps?: boolean;
  /** How long each of them may take, ms. */
  patienceMs?: number;
}

const edgeDrainMs = 1000;
const termMs = 3000;
const pollMs = 20;

/**
 * Stops what runs in the home, by what is written there: the control plane need not be alive. Work in flight is durable
 * and goes on with the next `kova up`, which starts what ran before; data stay. Idempotent. Returns what it has stopped.
 * @throws KovaError STILL_RUNNING with what it could not stop
 */
export async function stopHome(options: StopOptions = {}): Promise<Survivor[]> {
  const { env = process.env, apps = true, patienceMs = 60_000 } = options;
  const home = homeAt(homePath(env));
  if (!(await isOurs(home.root))) return [];
  const control = (await survey(home)).filter(({ kind }) => kind === 'control plane');
  await endControl(home.root, patienceMs);
  const unlock = await lockHome(home.root, patienceMs).catch(withoutRoom);
  if (!unlock) throw new KovaError('STILL_RUNNING', `another \`kova up\` or \`kova down\` is at work in ${home.root}`);
  try {
    const rest = apps ? await survey(home) : [];
    const problems = await settle([removeLeftoverBuilds(home.builds), endMigrationsIn(home)]);
    if (apps) problems.push(...(await stopApps(home, patienceMs)));
    await checkStopped(home, apps, problems);
    return [...control, ...rest];
  } finally {
    await unlock();
  }
}

/** Of a control plane that has ended. While the engine is away they wait for the next one. */
async function endMigrationsIn(home: Home): Promise<void> {
  const places = await Promise.all([containersOf(home), swarmOf(home)]);
  await Promise.all(places.map(endMigrations)).catch((error: unknown) => {
    if (!hasCode(error, 'ENGINE_UNAVAILABLE')) throw error;
  });
}

/** Where nothing can be written any more there is no lock, but things must be stopped all the same. */
function withoutRoom(error: NodeJS.ErrnoException): () => Promise<void> {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return async () => {};
  throw error;
}

/** False when there is no home. @throws KovaError HOME_UNREACHABLE when it is somebody else's */
async function isOurs(root: string): Promise<boolean> {
  return access(root, constants.R_OK | constants.W_OK).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw new KovaError('HOME_UNREACHABLE', `${root} cannot be used: ${error.message}`, {
        next: 'Run the command as the user who started Kova, or set KOVA_HOME.',
      });
    },
  );
}

/** It may be killed at any instant, so it is when it does not end by itself: it was paused, or hangs. */
async function endControl(root: string, patienceMs: number): Promise<void> {
  const control = await controlIn(root);
  if (!control) return;
  if (isElsewhere(control)) {
    throw new KovaError('STILL_RUNNING', 'the control plane runs in another container', {
      next: 'Stop it with what keeps it, or run the command in its container.',
    });
  }
  signal(control, 'SIGTERM');
  if (await hasEnded(root, control, termMs)) return;
  signal(control, 'SIGKILL');
  if (await hasEnded(root, control, patienceMs)) return;
  throw new KovaError('STILL_RUNNING', `the control plane (process ${control.pid}) does not end`);
}

async function hasEnded(root: string, { pid }: ControlRecord, patienceMs: number): Promise<boolean> {
  for (const until = performance.now() + patienceMs; performance.now() < until; await delay(pollMs)) {
    if ((await controlIn(root))?.pid !== pid) return true;
  }
  return false;
}

function signal({ pid }: ControlRecord, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Stops what has come up since `before`: for a start that failed, by the one who holds the home. */
export async function stopSince(home: Home, before: readonly Survivor[]): Promise<void> {
  const had = (kind: Survivor['kind']) => before.filter((each) => each.kind === kind).map(({ name }) => name);
  if (had('edge').length === 0) await stopEdge(home.edge, { drainMs: 0 });
  if (had('instance').length === 0) {
    await stopInstances(processesIn(home));
    await stopContainers(await containersOf(home));
    await stopSwarmSlots(await swarmOf(home));
  }
  await stopServices(home, { except: had('service') });
  await stopClusters(home, { except: had('PostgreSQL') });
}

/** Users first, then what serves them, then what that needs. Gives what went wrong. */
async function stopApps(home: Home, patienceMs: number): Promise<string[]> {
  return [
    ...(await settle([stopEdge(home.edge, { drainMs: edgeDrainMs })])),
    ...(await settle([stopInstances(processesIn(home)), containersOf(home).then(stopContainers)])),
    ...(await settle([swarmOf(home).then(stopSwarmSlots)])),
    // Migrations of a control plane that was killed.
    ...(await settle([killStrays({ directory: home.slots })])),
    ...(await settle([stopServices(home), stopClusters(home, { patienceMs })])),
  ];
}

async function settle(work: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(work);
  return settled.flatMap((each) => (each.status === 'rejected' ? [reportOf(each.reason).message] : []));
}

async function checkStopped(home: Home, apps: boolean, problems: readonly string[]): Promise<void> {
  const left = apps ? await survey(home) : [];
  if (left.length === 0 && problems.length === 0) return;
  const running = left.map(({ kind, name, pids }) => `${kind} ${name} (${pids.join(', ')})`);
  const still = running.length > 0 ? [`these do not end: ${running.join('; ')}`] : [];
  const pids = left.flatMap((each) => each.pids).join(' ');
  throw new KovaError('STILL_RUNNING', [...still, ...problems].join('; '), {
    next: `Run \`kova down\` again${pids && `; what goes on even then, end with \`kill -9 ${pids}\``}. Data stay.`,
  });
}
