import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@kova/core/config/duration';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Instance, InstanceState, LogLine } from '../../../ports/runtime.ts';
import type { InstanceRecord } from '../records.ts';
import type { ProcessRef } from '../system/processes.ts';
import { terminate } from '../system/terminate.ts';
import { adopt, type Launched, notExecuted } from './launch.ts';
import { launchInstance } from './launch-instance.ts';
import { probe } from './probe.ts';
import { becomeReady, describeUnready } from './readiness.ts';
import { cleanHistory, restartDelay, withEnd } from './restart-policy.ts';
import type { Surroundings } from './surroundings.ts';
import { lastLinesInWords } from './words.ts';

const shownLines = 10;
/** A port lost to another program is no fault of the app, but this may not go on for ever. */
const portMoves = 5;

type Ending = { words: string; lostPort: boolean };

/** Keeps one instance running until it is stopped: launches or adopts it, sees it become ready, starts it again. */
export class SupervisedInstance {
  readonly #around: Surroundings;
  readonly #index: number;
  readonly #leaving = new AbortController();
  readonly #left = Promise.withResolvers<null>();
  #record: InstanceRecord;
  #current: Launched | null = null;
  #state: InstanceState = 'starting';
  #reason = 'not launched yet';
  #loop: Promise<void> = Promise.resolve();
  #moves = 0;
  #lastEnd = '';
  /** Where the output of this launch begins. */
  #logStart: { stdout?: number; stderr?: number } = {};

  constructor(around: Surroundings, index: number, record: InstanceRecord | null) {
    this.#around = around;
    this.#index = index;
    this.#record = record ?? {
      launch: '',
      port: 0,
      process: null,
      startedAt: Date.now(),
      readyAt: null,
      restarts: 0,
      history: cleanHistory,
    };
  }

  get id(): string {
    return `${this.#around.spec.slot}/${this.#index}`;
  }

  get name(): string {
    return `instance ${this.#index + 1} of ${this.#around.spec.instances}`;
  }

  get state(): InstanceState {
    return this.#state;
  }

  get process(): ProcessRef | null {
    return this.#current?.process ?? null;
  }

  /** Launches it; returns when it was launched or could not be. It is supervised from then on. */
  async start(): Promise<void> {
    const first = await this.#launch('launched');
    this.#loop = this.#supervise(first);
  }

  /** Goes on supervising a process that is running, without touching it. */
  async adopt(process: ProcessRef): Promise<void> {
    this.#around.ports.keep(this.#record.port);
    this.#current = adopt(process, this.#leaving.signal);
    this.#record = { ...this.#record, process };
    await this.#save();
    if (this.#record.readyAt === null) this.#become('starting', 'adopted before it was ready');
    else this.#become('ready', 'adopted while it was running');
    this.#loop = this.#supervise(this.#current);
  }

  /** Starts it again after it ended while nobody watched. What is left of it is killed first. */
  async restart(): Promise<void> {
    const { process, launch: old } = this.#record;
    await terminate(process, old, 0);
    const restarts = this.#record.restarts + (process ? 1 : 0);
    this.#record = { ...this.#record, restarts, readyAt: null };
    const first = await this.#launch('launched again: it had ended while Kova was away');
    this.#loop = this.#supervise(first);
  }

  /**
   * SIGTERM, then SIGKILL after the stop timeout; returns when nothing of it runs.
   * @throws KovaError STEP_TIMEOUT when the system does not end what was killed; it may be stopped again
   */
  async stop(): Promise<void> {
    this.#become('stopping', 'asked to stop');
    await this.leave();
    const left = await terminate(this.process, this.#record.launch, this.#around.spec.stopTimeoutMs);
    if (left.length > 0) {
      const which = `${left.length === 1 ? 'process' : 'processes'} ${left.join(', ')} of ${this.id}`;
      throw new KovaError('STEP_TIMEOUT', `${which} cannot be killed`, {
        next: 'Look at it with `ps`, then stop again.',
      });
    }
    this.#around.ports.release(this.#record.port);
    await this.#around.forget(this.#index);
    this.#become('stopped', 'stopped as asked');
  }

  /** Stops supervising; the process goes on. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    this.#left.resolve(null);
    await this.#loop;
  }

  snapshot(): Instance {
    const { spec, host } = this.#around;
    return {
      id: this.id,
      slot: spec.slot,
      release: spec.release,
      state: this.#state,
      address: { host, port: this.#record.port },
      restarts: this.#record.restarts,
      reason: this.#reason,
      startedAt: new Date(this.#record.startedAt),
      pid: this.#current?.process?.pid ?? null,
    };
  }

  /** Asks its health path once, now. */
  async answers(signal?: AbortSignal): Promise<boolean> {
    const { path, timeoutMs } = this.#around.spec.health;
    const { host } = this.#around;
    return (await probe({ host, port: this.#record.port, path, timeoutMs, signal })).ok;
  }

  /** Why it is not ready, with its last lines. */
  async explain(): Promise<string> {
    const process = this.#current?.process;
    if (this.#state !== 'starting' || !process) return this.#reason;
    const doing = await describeUnready(this.#around, this.#record, process);
    return `${doing}; ${lastLinesInWords(this.#lastLines())}`;
  }

  async #supervise(first: Launched): Promise<void> {
    const { signal } = this.#leaving;
    for (let current = first; ; current = await this.#launch(`launched again after it ${this.#lastEnd}`)) {
      const ending = await this.#outlive(current);
      if (ending === null) return;
      const delayMs = await this.#afterEnd(current, ending);
      await sleep(delayMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
    }
  }

  /** Null when it shall no longer be supervised; else how it ended. */
  async #outlive(current: Launched): Promise<Ending | null> {
    const over = new AbortController();
    const signal = AbortSignal.any([this.#leaving.signal, over.signal]);
    const readiness = this.#seeReady(current, signal);
    try {
      const words = await Promise.race([current.ended, this.#left.promise]);
      if (words === null || this.#leaving.signal.aborted) return null;
      over.abort();
      return { words, lostPort: await readiness };
    } finally {
      over.abort();
      await readiness;
    }
  }

  /** Resolves with whether another program has its port; then it was killed. */
  async #seeReady(current: Launched, signal: AbortSignal): Promise<boolean> {
    const { process } = current;
    if (!process || this.#record.readyAt !== null) return false;
    const outcome = await becomeReady(this.#around, this.#record, process, signal);
    if (outcome === 'aborted') return false;
    if (outcome === 'answered by another') {
      await terminate(process, this.#record.launch, 0);
      return true;
    }
    this.#moves = 0;
    this.#record = { ...this.#record, readyAt: Date.now() };
    await this.#save();
    const before = this.#lastEnd ? `; before, it ${this.#lastEnd}` : '';
    this.#become('ready', `ready: ${outcome.words} ${this.#age()} after the start${before}`);
    return false;
  }

  /** Clears up after it and resolves with how long to wait before the next start. */
  async #afterEnd(current: Launched, ending: Ending): Promise<number> {
    const { policy, ports } = this.#around;
    const age = this.#age();
    this.#current = null;
    // Nobody shall read that it is ready while it is cleared up after.
    if (this.#state !== 'crash-looped') {
      this.#state = 'backing-off';
      this.#reason = `${this.#inWords(ending.words)}; it is cleared up after`;
    }
    await terminate(current.process, this.#record.launch, 0);
    const readyAt = this.#record.readyAt;
    const lostPort = ending.lostPort || (readyAt === null && !(await ports.isFree(this.#record.port)));
    if (lostPort && this.#moves < portMoves) {
      this.#moves += 1;
      await this.#noteEnd({ readyAt: null });
      this.#lastEnd = `lost port ${this.#record.port} to another program`;
      this.#become('backing-off', this.#lastEnd);
      return 0;
    }
    const history = withEnd(this.#record.history, policy, Date.now(), readyAt);
    const delayMs = restartDelay(history, policy);
    await this.#noteEnd({ readyAt: null, restarts: this.#record.restarts + 1, history });
    this.#lastEnd = `${this.#inWords(ending.words)}${current.process ? ` after ${age}` : ''}`;
    const next = `next start in ${formatDuration(delayMs)}; ${lastLinesInWords(this.#lastLines())}`;
    if (history.crashLoop) this.#become('crash-looped', `${history.crashLoop}; it ${this.#lastEnd}; ${next}`);
    else this.#become('backing-off', `${this.#lastEnd}; ${next}`);
    return delayMs;
  }

  async #noteEnd(change: Partial<InstanceRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change, process: null };
    await this.#save();
  }

  /** An intent is written first, so that whatever is launched can be found again should Kova die here. */
  async #launch(reason: string): Promise<Launched> {
    const before = this.#record.port;
    try {
      const port = await this.#around.ports.reserve(before === 0 ? null : before);
      if (port !== before && before !== 0) this.#around.ports.release(before);
      const id = `${this.#around.runtimeId}.${randomUUID()}`;
      this.#record = { ...this.#record, launch: id, port, process: null, startedAt: Date.now(), readyAt: null };
      await this.#around.save(this.#index, this.#record);
      this.#logStart = this.#around.logs.endsOf(this.#index);
      this.#current = await launchInstance(this.#around, this.#index, this.#record);
    } catch (error) {
      this.#current = { process: null, ended: Promise.resolve(`could not be started (${(error as Error).message})`) };
    }
    this.#record = { ...this.#record, process: this.#current.process };
    await this.#save();
    if (this.#record.port !== before) this.#around.emit({ kind: 'address', instance: this.snapshot() });
    if (this.#record.history.crashLoop === null) this.#become('starting', reason);
    return this.#current;
  }

  /** A record that cannot be written now is written with the next change; the launch can be found without it. */
  async #save(): Promise<void> {
    await this.#around.save(this.#index, this.#record).catch(() => {});
  }

  #lastLines(): LogLine[] {
    return this.#around.logs.lastOf(this.#index, shownLines, this.#logStart);
  }

  #age(): string {
    return formatDuration(Math.max(0, Date.now() - this.#record.startedAt));
  }

  /** setpriv stands between: what it says of a program that it could not start is said as an ending. */
  #inWords(ending: string): string {
    const complaint = notExecuted.exec(this.#lastLines().at(-1)?.text ?? '')?.[1];
    return complaint && /^exited with 12[67]$/.test(ending) ? `could not be started (${complaint})` : ending;
  }

  #become(state: InstanceState, reason: string): void {
    const ending = state === 'stopping' || state === 'stopped';
    if (this.#leaving.signal.aborted && !ending) return;
    this.#state = state;
    this.#reason = reason;
    this.#around.emit({ kind: 'state', instance: this.snapshot() });
  }
}
