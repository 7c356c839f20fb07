import { closeSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import { type Frame, FrameReader } from '../../engine/frames.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';

/** A container, or what tells its output in the same way. */
export type LogSource = Pick<Docker.Container, 'logs'>;

const againMs = 1000;

/** How far the output of a container was copied. */
const copiedSchema = z.object({ launch: z.string(), time: z.string() });

/**
 * Copies the output of one instance's containers from the engine into its log files, so that it outlives them and is
 * rotated and scrubbed as that of processes. What was copied is noted: after a crash of Kova the copy goes on there.
 */
export class LogCopy {
  readonly #logs: SlotLogs;
  readonly #index: number;
  #running: Promise<void> = Promise.resolve();
  #stopping = new AbortController();
  #lastAt = 0;

  constructor(logs: SlotLogs, index: number) {
    this.#logs = logs;
    this.#index = index;
  }

  /** When the last output came, in milliseconds since the epoch. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Copies what there is and what comes, until the source ends or the signal aborts; resolves then. */
  follow(source: LogSource, launch: string, signal: AbortSignal): Promise<void> {
    this.#lastAt = Date.now();
    this.#running = this.#copy(source, launch, { follow: true, signal });
    return this.#running;
  }

  /** Follows again whenever that breaks off, as when the engine is away, until `rest` or the signal. */
  keepFollowing(source: LogSource, launch: string, signal: AbortSignal): void {
    this.#stopping.abort();
    this.#stopping = new AbortController();
    void this.#followAgain(source, launch, AbortSignal.any([signal, this.#stopping.signal]));
  }

  /** Copies what is missing of a container that has ended. */
  async rest(container: LogSource, launch: string): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#copy(container, launch, { follow: false });
  }

  async #followAgain(source: LogSource, launch: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.follow(source, launch, signal);
      await sleep(againMs, undefined, { signal }).catch(() => {});
    }
  }

  async #copy(source: LogSource, launch: string, how: { follow: boolean; signal?: AbortSignal }): Promise<void> {
    const since = this.#copiedOf(launch);
    const options = { stdout: true, stderr: true, timestamps: true, ...(since ? { since: secondsOf(since) } : {}) };
    const out = { stdout: this.#open('stdout'), stderr: this.#open('stderr') };
    try {
      const reader = new FrameReader();
      for await (const chunk of outputOf(source, options, how)) {
        this.#lastAt = Date.now();
        const fresh = reader.push(chunk).filter(({ time }) => time > since);
        this.#write(out, fresh, launch);
      }
    } catch {
      // The engine or the container is away; what is missing is copied with the rest.
    } finally {
      for (const fd of Object.values(out)) closeSync(fd);
    }
  }

  #write(out: Record<Frame['stream'], number>, frames: readonly Frame[], launch: string): void {
    const last = frames.at(-1);
    if (!last) return;
    for (const stream of ['stdout', 'stderr'] as const) {
      const bytes = Buffer.concat(frames.filter((frame) => frame.stream === stream).map((frame) => frame.bytes));
      if (bytes.length > 0) writeSync(out[stream], bytes);
    }
    writeFileSync(this.#noteOf(), JSON.stringify({ launch, time: last.time }), { mode: 0o600 });
  }

  #open(stream: Frame['stream']): number {
    return this.#logs.of(this.#index, stream).open(null);
  }

  /** The time of the last piece that was copied of this launch; empty when there is none. */
  #copiedOf(launch: string): string {
    try {
      const copied = copiedSchema.parse(JSON.parse(readFileSync(this.#noteOf(), 'utf8')));
      return copied.launch === launch ? copied.time : '';
    } catch {
      return '';
    }
  }

  #noteOf(): string {
    return `${this.#logs.of(this.#index, 'stdout').path}.copied`;
  }
}

type LogOptions = { stdout: boolean; stderr: boolean; timestamps: boolean; since?: string };

async function* outputOf(
  source: LogSource,
  options: LogOptions,
  { follow, signal }: { follow: boolean; signal?: AbortSignal },
): AsyncIterable<Buffer> {
  if (!follow) {
    yield await source.logs({ ...options, follow: false });
    return;
  }
  const stream = await source.logs({ ...options, follow: true, ...(signal ? { abortSignal: signal } : {}) });
  for await (const chunk of stream) yield Buffer.from(chunk as Uint8Array);
}

/** `since` as the engine takes it: seconds since the epoch with nine digits behind the point. */
function secondsOf(time: string): string {
  const fraction = /\.(\d+)Z$/.exec(time)?.[1] ?? '';
  return `${Math.floor(Date.parse(time) / 1000)}.${fraction.padEnd(9, '0')}`;
}
