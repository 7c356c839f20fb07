import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall } from '../../engine/explain.ts';
import type { ExecRequest, Execution } from '../../ports/exec.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { appSockets } from '../container/app-sockets.ts';
import { execInContainer } from '../container/exec/exec.ts';
import { execMark } from '../container/exec/mark.ts';
import { containerPort } from '../docker/container-options.ts';
import { usageOf } from '../docker/container-usage.ts';
import type { ContainerIdentity } from '../docker/identity.ts';
import { listeningInWords } from '../health/listening-words.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';
import type { Ending, Launched, Launcher } from '../slot/launcher.ts';
import { cleanHistory } from '../slot/restart-policy.ts';
import { secretEnv } from './environment.ts';
import type { TaskRecord } from './records.ts';
import { emptyService, findService, removed, removeService, type SeenService } from './service.ts';
import type { ServiceMaker } from './service-maker.ts';
import { doingInWords, endingInWords, isOver, mayRun, type SwarmTask, wasTaken } from './task.ts';
import type { TaskBoard } from './task-board.ts';
import { TaskLog } from './task-log.ts';

export interface ServiceSurroundings {
  engine: Docker;
  /** The machine of this engine, by its id in the swarm; null while it is not known. */
  ownMachine(): string | null;
  board: TaskBoard;
  identity: ContainerIdentity;
  maker: ServiceMaker;
  spec: SlotSpec;
  logs: SlotLogs;
}

const nowhere = { host: '', port: 0 };
const killPatienceMs = 15_000;

/** Launches the instances of a slot as the tasks of one service; the swarm starts again what ends, on any machine. */
export class ServiceLauncher implements Launcher<TaskRecord> {
  readonly #around: ServiceSurroundings;
  readonly #logs = new Map<number, TaskLog>();
  #launch = '';
  #making: Promise<string> | null = null;
  /** By launch. One that has ended stays: what comes later must not clear up after its successor. */
  readonly #endings = new Map<string, Promise<string[]>>();

  constructor(around: ServiceSurroundings) {
    this.#around = around;
  }

  blank(): TaskRecord {
    const common = { launch: '', startedAt: Date.now(), readyAt: null, restarts: 0, history: cleanHistory };
    return { ...common, service: null, task: null, address: nowhere };
  }

  addressOf({ task, address }: TaskRecord) {
    const { board } = this.#around;
    if (!board.hasLooked) return address;
    const seen = board.find(task);
    // A swarm with a new leader no longer tells the ports of tasks that go on.
    if (seen?.state === 'running' && seen.port === 0 && !isOver(seen)) return address;
    return seen?.machine && seen.port > 0 && !isOver(seen) ? { host: seen.machine.address, port: seen.port } : nowhere;
  }

  located(record: TaskRecord): TaskRecord {
    return { ...record, address: this.addressOf(record) };
  }

  /** The service that other instances of the slot have already, else a new one. */
  async plan(_index: number, record: TaskRecord): Promise<TaskRecord> {
    // Those that adopt a service are asked in the same turn, and say which one it is.
    await nextTurn();
    if (this.#launch === '') {
      this.#launch = randomBytes(6).toString('hex');
      this.#making = null;
    }
    return { ...record, launch: this.#launch, service: null, task: null, address: nowhere };
  }

  async launch(index: number, record: TaskRecord, signal: AbortSignal): Promise<Launched<TaskRecord>> {
    const { board, maker, spec } = this.#around;
    this.#making ??= maker.make(spec, record.launch);
    const service = await this.#making.catch((error: unknown) => {
      this.#making = null;
      throw error;
    });
    board.hurry();
    for (;;) {
      const [task] = this.#tasksOf(service, index);
      if (task || signal.aborted) return this.#watched(index, { service, task: task?.id ?? null }, signal);
      await board.next(signal);
    }
  }

  wasLaunched({ service }: TaskRecord): boolean {
    return service !== null;
  }

  /** While the engine is away, what was launched is taken to run: it is looked at when the engine answers. */
  async adopt(index: number, record: TaskRecord, signal: AbortSignal): Promise<Launched<TaskRecord> | null> {
    if (record.launch === '') return null;
    this.#launch = record.launch;
    const service = await this.#find(record.launch).catch(() => undefined);
    if (service === null) return this.#forgetLaunch(record.launch);
    const id = service?.ID ?? record.service;
    if (id === null) return this.#forgetLaunch(record.launch);
    this.#making = Promise.resolve(id);
    if (service) await this.#around.board.look().catch(() => {});
    const tasks = this.#tasksOf(id, index);
    const task = tasks.find((seen) => !isOver(seen)) ?? tasks.at(-1);
    if (!task || task.id === record.task) return this.#watched(index, { service: id, task: record.task }, signal);
    const before = tasks.find((seen) => seen.id === record.task);
    const restarts = record.restarts + (before && wasTaken(before) ? 0 : 1);
    const change = { restarts, readyAt: null, address: nowhere };
    return this.#watched(index, { service: id, task: task.id }, signal, change);
  }

  /** Ends the whole service: a swarm has no instances that are ended one by one. */
  async end(index: number, { launch, task }: TaskRecord): Promise<string[]> {
    if (launch === '') return [];
    const ending = this.#endings.get(launch) ?? this.#beginEnding(index, launch, task);
    this.#endings.set(launch, ending);
    const left = await ending.catch((error: unknown) => {
      this.#endings.delete(launch);
      throw error;
    });
    if (left.length > 0) this.#endings.delete(launch);
    return left;
  }

  emptied(record: TaskRecord): TaskRecord {
    return { ...record, service: null, task: null, address: nowhere };
  }

  release(): void {}

  async isTaken(): Promise<boolean> {
    return false;
  }

  /** The port leads to its task and to nothing else. */
  owns(): boolean {
    return true;
  }

  describe(record: TaskRecord): string {
    const task = this.#around.board.find(record.task);
    if (!task) return 'the swarm has no task for it yet';
    if (task.state !== 'running' || !this.#isHere(task)) return doingInWords(task);
    return listeningInWords(appSockets(task.pid), '0.0.0.0', containerPort);
  }

  /** Only beside a task on the machine of this engine: a swarm gives no way into those of others. */
  async exec(index: number, { task: id }: TaskRecord, request: ExecRequest): Promise<Execution> {
    const { engine, board, identity, spec } = this.#around;
    const name = `${spec.slot}/${index}`;
    const task = board.find(id);
    if (!task || task.container === '' || isOver(task)) throw new KovaError('NOT_FOUND', `nothing of ${name} runs`);
    if (!this.#isHere(task)) throw elsewhere(name, task);
    const where = { container: engine.getContainer(task.container), pid: task.pid, name, env: secretEnv(spec.env) };
    return execInContainer({ ...where, mark: execMark(identity.home) }, request);
  }

  explainEnding(words: string): string {
    return words;
  }

  /** Null for a task on another machine: only its own engine knows. */
  async usage({ task: id }: TaskRecord) {
    const task = this.#around.board.find(id);
    if (!task || !this.#isHere(task) || isOver(task)) return null;
    return usageOf(this.#around.engine.getContainer(task.container)).catch(() => null);
  }

  #watched(
    index: number,
    ref: Pick<TaskRecord, 'service' | 'task'>,
    signal: AbortSignal,
    change: Partial<TaskRecord> = {},
  ): Launched<TaskRecord> {
    this.#logOf(index).follow(ref.task);
    return { body: { ...ref, ...change }, started: true, pid: null, ended: this.#endOf(index, ref, signal) };
  }

  /** While the engine is away nothing is known to have ended. */
  async #endOf(
    index: number,
    { service, task: id }: Pick<TaskRecord, 'service' | 'task'>,
    signal: AbortSignal,
  ): Promise<Ending<TaskRecord>> {
    const { board } = this.#around;
    while (!signal.aborted && service !== null) {
      const seen = board.find(id);
      const successor = board.hasLooked ? this.#successorOf(service, index, id) : null;
      if (successor && (!seen || isOver(seen))) {
        await this.#logOf(index).rest();
        const again = this.#watched(index, { service, task: successor.id }, signal, { address: nowhere });
        return { ...endingOf(seen), again };
      }
      if (board.hasLooked && (!seen || isOver(seen)) && (await this.#isGone(service))) {
        this.#forgetLaunch(this.#launch);
        return { words: 'lost its service, which somebody removed' };
      }
      await board.next(signal);
    }
    return { words: 'ended' };
  }

  async #isGone(service: string): Promise<boolean> {
    const { engine, identity } = this.#around;
    return (await findService(engine, identity, service).catch(() => undefined)) === null;
  }

  #successorOf(service: string, index: number, id: string | null): SwarmTask | undefined {
    const tasks = this.#tasksOf(service, index);
    return tasks[tasks.findIndex((task) => task.id === id) + 1];
  }

  #tasksOf(service: string, index: number): SwarmTask[] {
    return this.#around.board.of(service).filter(({ replica }) => replica === index + 1);
  }

  #isHere({ machine }: SwarmTask): boolean {
    return machine !== null && machine.id === this.#around.ownMachine();
  }

  #forgetLaunch(launch: string): null {
    if (this.#launch === launch) this.#launch = '';
    return null;
  }

  #find(launch: string): Promise<SeenService | null> {
    const { engine, identity, maker, spec } = this.#around;
    return findService(engine, identity, maker.nameOf(spec.slot, launch));
  }

  #beginEnding(index: number, launch: string, task: string | null): Promise<string[]> {
    this.#logOf(index).follow(task);
    return this.#endService(launch);
  }

  async #endService(launch: string): Promise<string[]> {
    const { engine, maker, spec } = this.#around;
    const service = await this.#find(launch);
    if (service && spec.image) return this.#leaveToSwarm(service, launch);
    const left = service ? await this.#endTasks(service) : [];
    if (service && left.length === 0) {
      await engineCall(`removing the service of ${spec.slot}`, () => removed(engine.getService(service.ID).remove()));
    }
    await Promise.all([...this.#logs.values()].map((log) => log.rest()));
    if (left.length === 0) await maker.clearUp(spec.slot, launch);
    this.#forgetLaunch(launch);
    return left;
  }

  /**
   * Instances in an image of their own need nothing that comes after them: the swarm ends them in its own time, which
   * is 2 s before it even asks them to, and does so whether Kova lives or not.
   */
  async #leaveToSwarm(service: SeenService, launch: string): Promise<string[]> {
    const { engine, spec } = this.#around;
    await engineCall(`removing the service of ${spec.slot}`, () => removeService(engine, service));
    void this.#copyLastLines(service);
    this.#forgetLaunch(launch);
    return [];
  }

  async #copyLastLines({ ID }: SeenService): Promise<void> {
    await this.#awaitTasksEnd(ID);
    await Promise.all([...this.#logs.values()].map((log) => log.rest()));
  }

  async #endTasks(service: SeenService): Promise<string[]> {
    const { engine, spec } = this.#around;
    await engineCall(`stopping ${spec.slot}`, () => emptyService(engine, service));
    return this.#awaitTasksEnd(service.ID);
  }

  /** Those that do not end in time, in words. */
  async #awaitTasksEnd(service: string): Promise<string[]> {
    const { board, spec } = this.#around;
    const limit = AbortSignal.timeout(spec.stopTimeoutMs + killPatienceMs);
    board.hurry(spec.stopTimeoutMs + killPatienceMs);
    for (;;) {
      await board.next(limit);
      const left = board.of(service).filter(mayRun);
      if (left.length === 0) return [];
      if (limit.aborted || board.closing.aborted)
        return left.map(({ id, machine }) => `task ${id} on ${machine?.name}`);
    }
  }

  #logOf(index: number): TaskLog {
    const log = this.#logs.get(index) ?? new TaskLog(this.#around, index);
    this.#logs.set(index, log);
    return log;
  }
}

function elsewhere(name: string, { machine, container }: SwarmTask): KovaError {
  const where = machine?.name ?? 'another machine';
  return new KovaError('EXEC_IMPOSSIBLE', `${name} runs on ${where}, and Kova speaks to the engine of its own alone`, {
    next: `Choose another with --instance, or run \`docker exec -it ${container.slice(0, 12)} …\` on ${where}.`,
  });
}

/** How a task ended that another has taken the place of; null for one of which nothing is known any more. */
function endingOf(task: SwarmTask | null): { words: string; excused: boolean } {
  return task ? { words: endingInWords(task), excused: wasTaken(task) } : { words: 'ended', excused: false };
}
