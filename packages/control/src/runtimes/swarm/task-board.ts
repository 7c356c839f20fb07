import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { listTasks } from './list-tasks.ts';
import { isOver, type SwarmTask } from './task.ts';

/** A change of a task is no event of the engine, so that the tasks are listed again and again. */
const lookEveryMs = 400;
/** While any of them is on its way. */
const lookSoonMs = 75;

/** The tasks of one home as they were seen last. While the engine is away they stay what they were. */
export class TaskBoard {
  readonly #engine: Docker;
  readonly #home: string;
  readonly #closing = new AbortController();
  readonly #looks = new EventEmitter().setMaxListeners(0);
  #tasks: ReadonlyMap<string, SwarmTask> | null = null;
  #hurryUntil = 0;

  constructor(engine: Docker, home: string) {
    this.#engine = engine;
    this.#home = home;
  }

  open(): void {
    void this.#keepLooking();
  }

  close(): void {
    this.#closing.abort();
  }

  /** Null before the first look, and for a task that is no more. */
  find(id: string | null): SwarmTask | null {
    return (id !== null && this.#tasks?.get(id)) || null;
  }

  /** Aborts when nobody looks any more. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Whether there was any look yet. */
  get hasLooked(): boolean {
    return this.#tasks !== null;
  }

  /** The tasks of a service, the oldest first. */
  of(service: string): SwarmTask[] {
    return [...(this.#tasks?.values() ?? [])].filter((task) => task.service === service);
  }

  /** Looks now. Rejects while the engine is away. */
  async look(): Promise<void> {
    const seen = await listTasks(this.#engine, this.#home);
    this.#tasks = new Map(seen.map((task) => [task.id, withPort(task, this.find(task.id))]));
    this.#looks.emit('look');
  }

  /** Resolves after the next look; looks come soon for a while. Never rejects. */
  async next(signal: AbortSignal): Promise<void> {
    await once(this.#looks, 'look', { signal: AbortSignal.any([signal, this.#closing.signal]) }).catch(() => {});
  }

  /** Something is about to happen: looks come soon for so long. */
  hurry(ms = 2000): void {
    this.#hurryUntil = Math.max(this.#hurryUntil, Date.now() + ms);
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.look().catch(() => {});
      await sleep(this.#pauseMs(), undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #pauseMs(): number {
    const isMoving = (task: SwarmTask) => !isOver(task) && task.state !== 'running';
    const soon = Date.now() < this.#hurryUntil || [...(this.#tasks?.values() ?? [])].some(isMoving);
    return soon ? lookSoonMs : lookEveryMs;
  }
}

/** After a change of the leader a swarm no longer tells the ports of tasks that go on (20.10): they are as they were. */
function withPort(task: SwarmTask, before: SwarmTask | null): SwarmTask {
  return task.port === 0 && task.state === 'running' && before ? { ...task, port: before.port } : task;
}
