import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { homeLabel } from '../../engine/labels.ts';

interface EngineEvent {
  id?: string;
  Action?: string;
  Actor?: { Attributes?: { exitCode?: string; name?: string } };
}

const againMs = 500;

/**
 * Says that something happened to a container, so that whoever watches it looks at once. Only hints: what is true is
 * what a look at the container shows, and looking now and then finds what an event that was missed has told.
 */
export class EngineEvents {
  readonly #engine: Docker;
  readonly #home: string;
  readonly #hints = new EventEmitter().setMaxListeners(0);
  readonly #onConnected: () => void;
  readonly #onCreated: (name: string) => void;
  #connection = 0;
  readonly #exits = new Map<string, string>();
  readonly #closing = new AbortController();

  /**
   * `onConnected` is told each time that the engine answers after it was away, or for the first time; `onCreated` of
   * new containers.
   */
  constructor(
    engine: Docker,
    home: string,
    onConnected: () => void = () => {},
    onCreated: (name: string) => void = () => {},
  ) {
    this.#engine = engine;
    this.#home = home;
    this.#onConnected = onConnected;
    this.#onCreated = onCreated;
  }

  open(): void {
    void this.#listen();
  }

  close(): void {
    this.#closing.abort();
  }

  /** Resolves with a hint about the container, after `limitMs`, or when the signal aborts. */
  async next(container: string, limitMs: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    await Promise.race([
      once(this.#hints, container, { signal: until }),
      sleep(limitMs, undefined, { signal: until, ref: false }),
    ]).catch(() => {});
    over.abort();
  }

  async #listen(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const filters = { type: ['container' as const], label: [`${homeLabel}=${this.#home}`] };
        const stream = await this.#engine.getEvents({ filters, abortSignal: signal });
        this.#connection += 1;
        this.#onConnected();
        for (const container of this.#hints.eventNames()) this.#hints.emit(container);
        for await (const line of createInterface({ input: stream })) this.#tell(line);
      } catch {
        // The engine is away: it is asked again.
      }
      await sleep(againMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Which connection to the engine this is, counted from 1; 0 before the first. */
  get connection(): number {
    return this.#connection;
  }

  /** What a container exited with last, as far as it was heard. */
  exitOf(container: string): string | null {
    return this.#exits.get(container) ?? null;
  }

  #tell(line: string): void {
    const { id, Action, Actor } = JSON.parse(line) as EngineEvent;
    if (!id) return;
    if (Action === 'die') this.#exits.set(id, Actor?.Attributes?.exitCode ?? '');
    if (Action === 'create') this.#onCreated(Actor?.Attributes?.name ?? '');
    if (Action === 'destroy') this.#exits.delete(id);
    this.#hints.emit(id);
  }
}
