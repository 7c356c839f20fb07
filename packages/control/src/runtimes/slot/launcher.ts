import type { ExecRequest, Execution } from '../../ports/exec.ts';
import type { LaunchRecord } from './records.ts';

export interface Address {
  host: string;
  port: number;
}

/** What an instance uses: see `InstanceUsage`. */
export interface Usage {
  residentBytes: number;
  cpuSeconds: number;
  openFiles: number;
}

/** How a launch ended. */
export interface Ending<R extends LaunchRecord> {
  /** `exited with 1`, `was killed by SIGKILL`. */
  words: string;
  /** What runs in its stead already, as when the engine has started it again by itself. */
  again?: Launched<R>;
  /** Whether the app is not to blame, so that this is no step towards a crash loop. */
  excused?: boolean;
}

/** A launch of an instance, by this control plane or by one before it. */
export interface Launched<R extends LaunchRecord> {
  /** What the record says of it from now on. */
  body: Partial<R>;
  /** Whether something was started, whatever has become of it since. */
  started: boolean;
  pid: number | null;
  /** Resolves, and never rejects, when it has ended. */
  ended: Promise<Ending<R>>;
}

/** What is launched for the instances of one slot: process groups, or containers. */
export interface Launcher<R extends LaunchRecord> {
  /** The record of an instance that was never launched. */
  blank(): R;
  addressOf(record: R): Address;
  /** The record with the place that was found, where it is the launched that chooses it. */
  located?(record: R): R;
  /** The record of the next launch, with an id and a place to listen: the one it had when it may have it again. */
  plan(index: number, record: R): Promise<R>;
  /** Starts what was planned and written down. What cannot be started has ended. @throws never */
  launch(index: number, record: R, signal: AbortSignal): Promise<Launched<R>>;
  /** Whether there was a launch, not only the intent. */
  wasLaunched(record: R): boolean;
  /** What an earlier control plane launched, when it runs. Its place is kept. */
  adopt(index: number, record: R, signal: AbortSignal): Promise<Launched<R> | null>;
  /** SIGTERM, after `graceMs` SIGKILL; what is left of the launch, in words, after 10 s of killing. Idempotent. */
  end(index: number, record: R, graceMs: number): Promise<string[]>;
  /** The record once nothing of the launch runs. */
  emptied(record: R): R;
  /** Gives the place up. */
  release(record: R): void;
  /** Whether another has the place of a launch that has ended. */
  isTaken(record: R): Promise<boolean>;
  /** Whether it was this launch that answered at its address; null when it runs no more. */
  owns(record: R): boolean | null;
  /** What a launch that does not answer does instead. */
  describe(record: R): string;
  /** What was started, said better by the last line that it wrote. */
  explainEnding(words: string, lastLine: string): string;
  /** Runs a command beside a launch: see `Runtime.exec`. */
  exec(index: number, record: R, request: ExecRequest): Promise<Execution>;
  /** Null when nothing runs. */
  usage(record: R): Promise<Usage | null>;
}
