import type { Readable, Writable } from 'node:stream';

export interface TerminalSize {
  rows: number;
  columns: number;
}

/** A command to be run beside an instance. */
export interface ExecRequest {
  /** The program, looked for on the PATH of the instance, and its arguments; no shell reads them. */
  argv: readonly string[];
  /** What the command sees as its terminal, with the kind that the caller's is (TERM); null for pipes. */
  terminal: (TerminalSize & { kind: string }) | null;
  /** Ends the command when it aborts: SIGHUP and SIGTERM, SIGKILL to what is left after a moment. */
  signal: AbortSignal;
}

export const execSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
export type ExecSignal = (typeof execSignals)[number];

export interface ExecEnd {
  /** 128 and its number for a signal. */
  exitCode: number;
  /** Why it was ended: what `signal` aborted with, or what became of the instance. Null when it ended by itself. */
  endedBy: unknown;
}

/** A command that runs. The caller reads both outputs to their end. */
export interface Execution {
  stdin: Writable;
  stdout: Readable;
  /** Empty with a terminal, which has one output. */
  stderr: Readable;
  /** Nothing without a terminal. */
  resize(size: TerminalSize): void;
  /** To the command and what it has started in its group; lost when it has just ended. */
  kill(signal: ExecSignal): void;
  /** Resolves, and never rejects, when nothing of it runs: what it leaves behind is killed. */
  ended: Promise<ExecEnd>;
}
