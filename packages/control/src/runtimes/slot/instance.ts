import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@kova/core/config/duration';
import { errorCodes } from '@kova/core/errors/codes';
import { hasCode, KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { ExecRequest, Execution } from '../../ports/exec.ts';
import type { Instance, InstanceState, LogLine } from '../../ports/runtime.ts';
import { probe } from '../health/probe.ts';
import { becomeReady, describeUnready } from '../health/readiness.ts';
import { lastLinesInWords } from '../logs/words.ts';
import { Executions, notRunning } from './executions.ts';
import type { Ending, Launched, Usage } from './launcher.ts';
import type { LaunchRecord } from './records.ts';
import { restartDelay, withEnd } from './restart-policy.ts';
import type { Surroundings } from './surroundings.ts';

const shownLines = 10;
/** A place lost to another program is no fault of the app, but this may not go on for ever. */
const moves = 5;
/** Between tries while the app is not to blame for the ends. */
const excusedDelayMs = 1000;

/** Keeps one instance running until it is stopped: launches or adopts it, sees it become ready, starts it again. */
export class SupervisedInstance<R extends LaunchRecord> {
  readonly #around: Surroundings<R>;
  readonly #index: number;
  readonly #leaving = new AbortController();
  readonly #left = Promise.withResolvers<null>();
  readonly #executions = new Executions();
  #record: R;
  #current: Launched<R> | null = null;
  #state: InstanceState = 'starting';
  #reason = 'not launched yet';
  #loop: Promise<void> = Promise.resolve();
  #moves = 0;
  #lastEnd = '';
  /** Where the output of this launch begins. */
  #logStart: { stdout?: number; stderr?: number } = {};

  constructor(around: Surroundings<R>, index: number, record: R | null) {
    this.#around = around;
    this.#index = index;
    this.#record = record ?? around.launcher.blank();
  }

  get id(): string {
    return `${this.#around.spec.slot}/${this.#index}`;
  }

  get name(): string {
    return `instance ${this.#index + 1} of ${this.#around.spec.instances}`;
  }

  /** The id of its latest launch. */
  get launch(): string {
    return this.#record.launch;
  }

  get state(): InstanceState {
    return this.#state;
  }

  /** Launches it; returns when it was launched or could not be. It is supervised from then on. */
  async start(): Promise<void> {
    const first = await this.#launch('launched');
    this.#loop = this.#supervise(first);
  }

  /** Goes on with what an earlier supervisor launched, without touching it; starts it again when it has ended. */
  async resume(): Promise<void> {
    const { launcher } = this.#around;
    const running = await launcher.adopt(this.#index, this.#record, this.#leaving.signal);
    if (running) return this.#adopt(running);
    await this.#clear();
    // What was planned and never launched has not ended.
    const restarts = this.#record.restarts + (launcher.wasLaunched(this.#record) ? 1 : 0);
    this.#record = { ...this.#record, restarts, readyAt: null };
    const first = await this.#launch('launched again: it had ended while Kova was away');
    this.#loop = this.#supervise(first);
  }

  async #adopt(running: Launched<R>): Promise<void> {
    this.#take(running);
    await this.#save();
    if (this.#record.readyAt === null) this.#become('starting', 'adopted before it was ready');
    else this.#become('ready', 'adopted while it was running');
    this.#loop = this.#supervise(running);
  }

  /**
   * SIGTERM, then SIGKILL after the stop timeout; returns when nothing of it runs.
   * @throws KovaError STEP_TIMEOUT when the system does not end what was killed; it may be stopped again
   */
  async stop(): Promise<void> {
    const { launcher, spec } = this.#around;
    this.#become('stopping', 'asked to stop');
    await this.leave();
    const left = await launcher.end(this.#index, this.#record, spec.stopTimeoutMs);
    await this.#executions.ended();
    if (left.length > 0) {
      throw new KovaError('STEP_TIMEOUT', `${left.join(', ')} of ${this.id} cannot be killed`, {
        next: 'Look at it with `ps`, then stop again.',
      });
    }
    launcher.release(this.#record);
    await this.#around.forget(this.#index);
    this.#become('stopped', 'stopped as asked');
  }

  /** Stops supervising; what was launched goes on. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    this.#left.resolve(null);
    await this.#loop;
  }

  snapshot(): Instance {
    const { spec, launcher } = this.#around;
    return {
      id: this.id,
      slot: spec.slot,
      release: spec.release,
      state: this.#state,
      address: launcher.addressOf(this.#record),
      restarts: this.#record.restarts,
      reason: this.#reason,
      startedAt: new Date(this.#record.startedAt),
      pid: this.#current?.pid ?? null,
    };
  }

  /** Runs a command beside it. @throws KovaError NOT_FOUND when nothing of it runs */
  async exec(request: ExecRequest): Promise<Execution> {
    const current = this.#current;
    if (!current?.started || this.#leaving.signal.aborted) throw notRunning(this.snapshot());
    const { launcher } = this.#around;
    const ended = current.ended.then(({ words }) => `${this.id} ${words}`);
    const left = this.#left.promise.then(() => `${this.id} was stopped, as when another release takes its place`);
    return this.#executions.run(request, Promise.race([ended, left]), (bound) =>
      launcher.exec(this.#index, this.#record, bound),
    );
  }

  /** Null when nothing of it runs. */
  async usage(): Promise<Usage | null> {
    return this.#current ? this.#around.launcher.usage(this.#record) : null;
  }

  /** Asks its health path once, now. */
  async answers(signal?: AbortSignal): Promise<boolean> {
    const { launcher, spec } = this.#around;
    const { path, timeoutMs } = spec.health;
    return (await probe({ ...launcher.addressOf(this.#record), path, timeoutMs, signal })).ok;
  }

  /** Why it is not ready, with its last lines. */
  async explain(): Promise<string> {
    if (this.#state !== 'starting' || !this.#current?.started) return this.#reason;
    const doing = await describeUnready(this.#around, this.#record);
    return `${doing}; ${lastLinesInWords(this.#lastLines())}`;
  }

  async #supervise(first: Launched<R>): Promise<void> {
    const { signal } = this.#leaving;
    for (let current = first; ; ) {
      const ending = await this.#outlive(current);
      if (ending === null) return;
      if (ending.again) {
        await this.#goOn(ending, ending.again);
        current = ending.again;
        continue;
      }
      const delayMs = await this.#afterEnd(current, ending);
      await sleep(delayMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      current = await this.#launch(`launched again after it ${this.#lastEnd}`);
    }
  }

  /** Null when it shall no longer be supervised; else how it ended. */
  async #outlive(current: Launched<R>): Promise<(Ending<R> & { lostPlace: boolean }) | null> {
    const over = new AbortController();
    const signal = AbortSignal.any([this.#leaving.signal, over.signal]);
    const readiness = this.#seeReady(current, signal);
    try {
      const ending = await Promise.race([current.ended, this.#left.promise]);
      if (ending === null || this.#leaving.signal.aborted) return null;
      over.abort();
      return { ...ending, lostPlace: await readiness };
    } finally {
      over.abort();
      await readiness;
    }
  }

  /** Resolves with whether another program has its place; then it was killed. */
  async #seeReady(current: Launched<R>, signal: AbortSignal): Promise<boolean> {
    if (!current.started || this.#record.readyAt !== null) return false;
    const outcome = await becomeReady(this.#around, this.#record, signal);
    if (outcome === 'aborted') return false;
    if (outcome === 'answered by another') {
      await this.#clear();
      return true;
    }
    this.#moves = 0;
    const { launcher } = this.#around;
    this.#record = { ...(launcher.located?.(this.#record) ?? this.#record), readyAt: Date.now() };
    await this.#save();
    const before = this.#lastEnd ? `; before, it ${this.#lastEnd}` : '';
    this.#become('ready', `ready: ${outcome.words} ${this.#age()} after the start${before}`);
    return false;
  }

  /** It ended and was started again at once by what it runs in. */
  async #goOn({ words, excused }: Ending<R>, again: Launched<R>): Promise<void> {
    const { history: before, readyAt, restarts } = this.#record;
    const counted = { restarts: restarts + 1, history: withEnd(before, this.#around.policy, Date.now(), readyAt) };
    const { history } = excused ? this.#record : counted;
    this.#record = { ...this.#record, ...(excused ? {} : counted), startedAt: Date.now(), readyAt: null };
    this.#take(again);
    await this.#save();
    this.#lastEnd = words;
    const reason = `it ${words}; ${lastLinesInWords(this.#lastLines())}`;
    if (history.crashLoop) this.#become('crash-looped', `${history.crashLoop}; ${reason}`);
    else this.#become('starting', reason);
  }

  /** Clears up after it and resolves with how long to wait before the next start. */
  async #afterEnd(current: Launched<R>, ending: Ending<R> & { lostPlace: boolean }): Promise<number> {
    const { policy, launcher } = this.#around;
    const age = this.#age();
    this.#current = null;
    // Nobody shall read that it is ready while it is cleared up after.
    if (this.#state !== 'crash-looped') {
      this.#state = 'backing-off';
      this.#reason = `${this.#inWords(ending.words)}; it is cleared up after`;
    }
    await this.#clear();
    const readyAt = this.#record.readyAt;
    const lostPlace = ending.lostPlace || (readyAt === null && (await launcher.isTaken(this.#record)));
    if (lostPlace && this.#moves < moves) return this.#move();
    if (ending.excused) return this.#wait(ending.words);
    const history = withEnd(this.#record.history, policy, Date.now(), readyAt);
    const delayMs = restartDelay(history, policy);
    await this.#noteEnd({ readyAt: null, restarts: this.#record.restarts + 1, history });
    this.#lastEnd = `${this.#inWords(ending.words)}${current.started ? ` after ${age}` : ''}`;
    const next = `next start in ${formatDuration(delayMs)}; ${lastLinesInWords(this.#lastLines())}`;
    if (history.crashLoop) this.#become('crash-looped', `${history.crashLoop}; it ${this.#lastEnd}; ${next}`);
    else this.#become('backing-off', `${this.#lastEnd}; ${next}`);
    return delayMs;
  }

  /** To another place, since another program has its own. */
  async #move(): Promise<number> {
    const { host, port } = this.#around.launcher.addressOf(this.#record);
    this.#moves += 1;
    await this.#noteEnd({ readyAt: null });
    this.#lastEnd = `lost ${host}:${port} to another program`;
    this.#become('backing-off', this.#lastEnd);
    return 0;
  }

  async #wait(words: string): Promise<number> {
    await this.#noteEnd({ readyAt: null });
    this.#lastEnd = words;
    this.#become('backing-off', words);
    return excusedDelayMs;
  }

  async #noteEnd(change: Partial<LaunchRecord>): Promise<void> {
    this.#record = { ...this.#around.launcher.emptied(this.#record), ...change };
    await this.#save();
  }

  /** An intent is written first, so that whatever is launched can be found again should Kova die here. */
  async #launch(reason: string): Promise<Launched<R>> {
    const { launcher, logs } = this.#around;
    const before = launcher.addressOf(this.#record);
    let launched: Launched<R>;
    try {
      this.#record = { ...(await launcher.plan(this.#index, this.#record)), startedAt: Date.now(), readyAt: null };
      await this.#around.save(this.#index, this.#record);
      this.#logStart = logs.endsOf(this.#index);
      launched = await launcher.launch(this.#index, this.#record, this.#leaving.signal);
    } catch (error) {
      const excused = hasCode(error, 'ENGINE_UNAVAILABLE');
      const ended = Promise.resolve({ words: refusalInWords(error), excused });
      launched = { body: {}, started: false, pid: null, ended };
    }
    this.#take(launched);
    await this.#save();
    const { host, port } = launcher.addressOf(this.#record);
    if (port !== before.port || host !== before.host) this.#around.emit({ kind: 'address', instance: this.snapshot() });
    if (this.#record.history.crashLoop === null) this.#become('starting', reason);
    return launched;
  }

  /** Ends what is left of the launch; where that cannot be told now, it is tried until it can. */
  async #clear(): Promise<void> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      const done = await this.#around.launcher.end(this.#index, this.#record, 0).catch(() => null);
      if (done !== null) return;
      await sleep(excusedDelayMs, undefined, { signal }).catch(() => {});
    }
  }

  #take(launched: Launched<R>): void {
    this.#current = launched;
    this.#record = { ...this.#record, ...launched.body };
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

  #inWords(ending: string): string {
    return this.#around.launcher.explainEnding(ending, this.#lastLines().at(-1)?.text ?? '');
  }

  #become(state: InstanceState, reason: string): void {
    const ending = state === 'stopping' || state === 'stopped';
    if (this.#leaving.signal.aborted && !ending) return;
    this.#state = state;
    this.#reason = reason;
    this.#around.emit({ kind: 'state', instance: this.snapshot() });
  }
}

/** With what to do, where more is known than any error of its kind tells. */
function refusalInWords(error: unknown): string {
  const { code, message, next } = reportOf(error);
  const hint = next === errorCodes[code].next ? '' : `. ${next.replace(/\.$/, '')}`;
  return `could not be started (${message}${hint})`;
}
