import type { Readable } from 'node:stream';

/** A request for an instance. */
export interface Call {
  method: string;
  /** Path and query. */
  target: string;
  /**
   * Flat: name, value, name, value; sound and whole but for `connection` and `transfer-encoding`, which a connection
   * adds.
   */
  headers: readonly string[];
  /** Read only once a connection is there. */
  body: Readable | null;
  /** The body's length is not known: it goes in chunks. */
  chunked: boolean;
  /** From the end of the request to the answer's head, in milliseconds; 0 is no limit. */
  headTimeoutMs: number;
  /** Between two pieces of the answer's body, in milliseconds; 0 is no limit. */
  bodyIdleMs: number;
}

/** The connection that a request is on. */
export interface Line {
  /** Goes on reading after `onData` said false. */
  resume(): void;
  /** Breaks the connection off; `onError` gets this error. */
  abort(error: Error): void;
}

/** Who wants the answer. After `onEnd` or `onError`, one of which comes once, nothing more is called. */
export interface Caller {
  /** The request goes out now: from here on the instance may see it. */
  onSend(line: Line): void;
  /** An interim answer, 1xx. Headers here and below are flat. */
  onInformation(status: number, headers: readonly string[]): void;
  onHead(status: number, headers: readonly string[]): void;
  /** False: no more for now. */
  onData(chunk: Buffer): boolean;
  onEnd(trailers: readonly string[]): void;
  /** `UpstreamError`, what broke the request's body, or the error of `abort`. */
  onError(error: Error): void;
}

/**
 * closed: these connections are closed, the instance may be well. connect: it was not reached.
 * timeout: it was silent for too long. broken: it broke off, or what it sent is no HTTP.
 */
export type UpstreamFault = 'closed' | 'connect' | 'timeout' | 'broken';

export class UpstreamError extends Error {
  readonly fault: UpstreamFault;

  constructor(fault: UpstreamFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}
