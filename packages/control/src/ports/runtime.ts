import type { RuntimeKind } from '@kova/core/config/runtime';
import type { SlotId } from '@kova/core/environment/slot';
import type { Secret } from '@kova/core/secret';
import type { Verdict } from '@kova/core/verdict';
import type { ExecRequest, Execution } from './exec.ts';

export interface InstanceLimits {
  /** Bytes. */
  memory: number | null;
  /** Processors, 0.5 for half a one. */
  cpus: number | null;
  /** Processes and threads. */
  processes: number | null;
}

/** What a slot shall run; recorded by the runtime so that it can restart instances and adopt them later. */
export interface SlotSpec {
  slot: SlotId;
  release: string;
  /** Absolute path of the unpacked release; the working directory of every instance. */
  directory: string;
  start: readonly string[];
  /** The whole environment of an instance but for PORT, HOST, HOSTNAME and KOVA_*, which the runtime adds. */
  env: Readonly<Record<string, string | Secret>>;
  instances: number;
  health: { path: string; intervalMs: number; timeoutMs: number };
  /** What the instances run in; processes when it is not said. */
  runtime?: RuntimeKind | undefined;
  /** The image, by digest, that holds the release; without one, containers see `directory` in a base image. */
  image?: string | undefined;
  /** What one instance may take; absent or null for as much as there is. */
  limits?: InstanceLimits | undefined;
  stopTimeoutMs: number;
  maxLogBytes: number;
}

export type InstanceState = 'starting' | 'ready' | 'backing-off' | 'crash-looped' | 'stopping' | 'stopped';

export interface Instance {
  /** `project/environment/blue/0` */
  id: string;
  slot: SlotId;
  release: string;
  state: InstanceState;
  /** Port 0 while it has none. */
  address: { host: string; port: number };
  /** Times it ended unasked since the slot was started; what was lost with its machine did not end by itself. */
  restarts: number;
  /** Why it is in this state, for people: `exited with 1 after 2 s; next start in 4 s`. */
  reason: string;
  startedAt: Date;
  pid: number | null;
}

export interface InstanceUsage {
  id: string;
  residentBytes: number;
  /** CPU seconds used since it started. */
  cpuSeconds: number;
  openFiles: number;
}

export interface LogLine {
  instance: string;
  stream: 'stdout' | 'stderr';
  text: string;
}

/** Runs the instances of slots. One conformance suite runs against every adapter. */
export interface Runtime {
  /**
   * Makes the slot run as specified and returns when the instances are launched, not when they are ready.
   * Idempotent: a slot that already runs this release with this specification is left alone;
   * one that runs another release is refused with CONFLICT (stop it first).
   */
  start(spec: SlotSpec): Promise<void>;

  /**
   * Resolves when all wanted instances answer their health path with 2xx, or with a failed verdict as soon as
   * that can no longer be (crash loop) or `deadlineMs` has passed. The reason holds the last lines of the
   * instance that failed. Aborting the signal rejects with its reason. Safe to call again.
   */
  awaitReady(slot: SlotId, deadlineMs: number, signal?: AbortSignal): Promise<Verdict>;

  /** The instances of the slot as last seen; empty when it is stopped. */
  instances(slot: SlotId): Promise<Instance[]>;

  /**
   * SIGTERM, wait for `stopTimeoutMs`, SIGKILL of the whole group. Idempotent; returns when nothing of it runs or,
   * where that needs nothing more of Kova and what comes next into the slot is not touched, when its end is certain.
   */
  stop(slot: SlotId): Promise<void>;

  /** Slots that run or are meant to run. */
  slots(): Promise<SlotSpec[]>;

  usage(slot: SlotId): Promise<InstanceUsage[]>;

  /**
   * Runs a command beside an instance: as its user, in its directory and environment, with no more rights. It ends with
   * the instance at the latest. Not idempotent. @throws KovaError NOT_FOUND for an instance that does not run,
   * PROGRAM_MISSING, EXEC_IMPOSSIBLE where this runtime cannot
   */
  exec(instance: string, request: ExecRequest): Promise<Execution>;

  /** The last `tail` lines of the slot's logs; with `follow`, new ones as they come until the signal aborts. */
  logs(slot: SlotId, options: { tail: number; follow?: boolean; signal?: AbortSignal }): AsyncIterable<LogLine>;
}
