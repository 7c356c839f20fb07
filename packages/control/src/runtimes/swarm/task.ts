import { z } from 'zod';
import { exitInWords } from '../container/ending-words.ts';
import { withHint } from './hint.ts';

/** What Kova reads of a task in the answers of the engine (Docker Engine API 1.41, "Task"). */
const rawTask = z.object({
  ID: z.string(),
  ServiceID: z.string(),
  CreatedAt: z.string(),
  Slot: z.number().default(0),
  NodeID: z.string().default(''),
  DesiredState: z.string().default(''),
  Status: z.object({
    State: z.string(),
    Message: z.string().default(''),
    Err: z.string().default(''),
    ContainerStatus: z
      .object({ ContainerID: z.string().default(''), PID: z.number().default(0), ExitCode: z.number().default(0) })
      .nullish(),
    PortStatus: z.object({ Ports: z.array(z.object({ PublishedPort: z.number().default(0) })).nullish() }).nullish(),
  }),
});

const rawNode = z.object({
  ID: z.string(),
  Description: z.object({ Hostname: z.string().default('') }),
  Status: z.object({ State: z.string().default(''), Addr: z.string().default('') }),
  ManagerStatus: z.object({ Addr: z.string().default('') }).nullish(),
});

export interface SwarmMachine {
  id: string;
  name: string;
  /** By which the others know it. */
  address: string;
  isDown: boolean;
}

export interface SwarmTask {
  id: string;
  service: string;
  /** From 1 on: which of the replicas it is. */
  replica: number;
  createdAt: string;
  /** What the swarm wants of it: `running`, `shutdown`, `remove`. */
  desired: string;
  state: string;
  /** Why it is in its state, by the engine; empty when there is nothing to say. */
  complaint: string;
  exitCode: number;
  container: string;
  /** In the numbers of the machine that it is on. */
  pid: number;
  machine: SwarmMachine | null;
  /** Port of its machine that leads to it; 0 while there is none. */
  port: number;
}

export function machineOf(raw: unknown): SwarmMachine {
  const { ID, Description, Status, ManagerStatus } = rawNode.parse(raw);
  // A leader may tell 0.0.0.0 of itself.
  const manager = ManagerStatus?.Addr.replace(/:\d+$/, '') ?? '';
  const address = Status.Addr === '' || Status.Addr === '0.0.0.0' ? manager : Status.Addr;
  return { id: ID, name: Description.Hostname, address, isDown: Status.State === 'down' };
}

export function taskOf(raw: unknown, machines: ReadonlyMap<string, SwarmMachine>): SwarmTask {
  const { ID, ServiceID, CreatedAt, Slot, NodeID, DesiredState, Status } = rawTask.parse(raw);
  return {
    ...{ id: ID, service: ServiceID, replica: Slot, createdAt: CreatedAt, desired: DesiredState, state: Status.State },
    complaint: Status.Err,
    exitCode: Status.ContainerStatus?.ExitCode ?? 0,
    container: Status.ContainerStatus?.ContainerID ?? '',
    pid: Status.ContainerStatus?.PID ?? 0,
    machine: machines.get(NodeID) ?? null,
    port: Status.PortStatus?.Ports?.[0]?.PublishedPort ?? 0,
  };
}

const endedStates = new Set(['complete', 'shutdown', 'failed', 'rejected', 'orphaned', 'remove']);

/** Whether nothing of it runs, or could be told to run: what was on a machine that is down is lost. */
function hasEnded({ state, machine }: SwarmTask): boolean {
  return endedStates.has(state) || machine?.isDown === true;
}

/** Whether something of it may run, on a machine that is up. What was not begun and shall end never is. */
export function mayRun(task: SwarmTask): boolean {
  return (task.state === 'starting' || task.state === 'running') && task.machine?.isDown === false;
}

/** Whether the swarm has given it up or it has ended by itself. */
export function isOver(task: SwarmTask): boolean {
  return hasEnded(task) || task.desired === 'shutdown' || task.desired === 'remove';
}

/** Whether it was no fault of what ran in it that it ended: its machine was lost, or the swarm wanted it elsewhere. */
export function wasTaken({ machine, state }: SwarmTask): boolean {
  return machine?.isDown === true || !ownEndings.has(state);
}

const ownEndings = new Set(['failed', 'complete', 'rejected']);

/** How it ended: `exited with 3`, `was lost with node-2`. */
export function endingInWords(task: SwarmTask): string {
  const { machine, state, complaint, exitCode } = task;
  if (machine?.isDown) return `was lost with the machine ${machine.name}`;
  if (state === 'rejected' || (state === 'failed' && exitCode === 0 && complaint !== ''))
    return `could not be started (${withHint(complaint, machine?.name)})`;
  if (wasTaken(task)) return 'was taken away by the swarm';
  return exitInWords(exitCode);
}

/** What it does that is not ready: `its task is preparing on node-2`. */
export function doingInWords({ state, machine, complaint }: SwarmTask): string {
  const where = machine ? ` on ${machine.name}` : '';
  return `its task is ${state}${where}${complaint ? `: ${complaint}` : ''}`;
}
