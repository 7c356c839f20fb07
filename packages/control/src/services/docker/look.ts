import { reportOf } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import type { Place } from '../../engine/labels.ts';
import { engineEndsWithinMs } from '../../engine/patience.ts';
import type { ServiceKind } from '../../engine/service-address.ts';
import type { Home } from '../../home/home.ts';
import type { ServiceState, ServicesLook } from '../../ports/services.ts';
import { findContainer } from './container.ts';
import { serviceName } from './container-options.ts';
import { postgresVariables } from './postgres-service.ts';
import { readRecord } from './records.ts';
import { redisVariables } from './redis-service.ts';
import { findVolume } from './volume.ts';

interface Question {
  engine: Docker;
  home: Home;
  place: Place;
  kind: ServiceKind;
}

const runningStates: ReadonlySet<string> = new Set(['healthy', 'starting', 'unhealthy']);

/** One service as it is now; `unknown` while the engine is away. */
export async function stateOf({ engine, home, place, kind }: Question): Promise<ServiceState> {
  const record = await readRecord(home.services, place.project, place.environment, kind);
  const address = record?.address ?? null;
  try {
    const found = await findContainer(engine, serviceName(place, kind), place);
    return { kind, address, ...seen(found) };
  } catch (error) {
    return { kind, address, state: 'unknown', reason: reportOf(error).message };
  }
}

/** Whether one service lets an app in as it is. A database without its volume has lost its data. */
export async function lookAt(question: Question): Promise<ServicesLook> {
  const { engine, home, place, kind } = question;
  const { state, address, reason } = await stateOf(question);
  if (address !== null && runningStates.has(state)) {
    const host = address.slice(0, address.lastIndexOf(':'));
    const variables = kind === 'postgres' ? postgresVariables : redisVariables;
    return { state: 'running', processes: await processOf(question), variables: await variables(home, place, host) };
  }
  const name = serviceName(place, kind);
  const lost = kind === 'postgres' && state === 'missing' && (await findVolume(engine, name)) === null;
  if (lost) return { state: 'absent', reason: `the volume ${name} of its PostgreSQL is gone` };
  const words = `its ${kind} does not run${reason && `: ${reason}`}`;
  return { state: state === 'ended' ? 'ending' : 'stopped', reason: words };
}

async function processOf({ engine, place, kind }: Question): Promise<string> {
  const found = await findContainer(engine, serviceName(place, kind), place);
  return String(found?.State.Pid ?? 0);
}

function seen(container: Docker.ContainerInspectInfo | null): Pick<ServiceState, 'state' | 'reason'> {
  if (!container) return { state: 'missing', reason: 'there is no container of it' };
  const { Running, Restarting, ExitCode, FinishedAt, Health } = container.State;
  if (Restarting) return { state: 'restarting', reason: `it ended with ${ExitCode} and is started again` };
  const endedMs = Date.now() - Date.parse(FinishedAt);
  if (!Running) return { state: endedMs < engineEndsWithinMs ? 'ended' : 'stopped', reason: '' };
  const state = Health?.Status ?? 'healthy';
  return { state, reason: state === 'unhealthy' ? (Health?.Log?.at(-1)?.Output ?? '').trim() : '' };
}
