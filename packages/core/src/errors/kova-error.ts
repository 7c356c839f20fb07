import { type ErrorCode, errorCodes } from './codes.ts';

export interface ErrorReport {
  code: ErrorCode;
  /** What happened, in a sentence. */
  message: string;
  /** What the reader can do next. */
  next: string;
}

/**
 * The one error class. Match on `code`, never on the class: an error that has crossed a process
 * or was replayed from a checkpoint is a plain object with the same fields.
 */
export class KovaError extends Error {
  readonly code: ErrorCode;
  readonly next: string;

  constructor(code: ErrorCode, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KovaError';
    this.code = code;
    this.next = options.next ?? errorCodes[code].next;
  }
}

/** The report of any thrown value; what is not Kova's own becomes `INTERNAL`. */
export function reportOf(error: unknown): ErrorReport {
  if (typeof error === 'object' && error !== null && 'code' in error && isErrorCode(error.code)) {
    const { code, message, next } = error as { code: ErrorCode; message?: string; next?: string };
    return { code, message: message ?? code, next: next ?? errorCodes[code].next };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL', message, next: errorCodes.INTERNAL.next };
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code);
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return reportOf(error).code === code;
}
