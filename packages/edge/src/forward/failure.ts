import type { EdgeAnswer } from './answer.ts';
import { BodyTooLarge } from './request-body.ts';

/** What became of an attempt that got no whole answer. */
export type Failure = 'too-large' | 'bad-request' | 'timeout' | 'connect' | 'broken';

/** `started`: the request had been handed to a connection. */
export function failureOf(error: unknown, started: boolean): Failure {
  if (error instanceof BodyTooLarge) return 'too-large';
  const code = codeOf(error);
  if (code === 'UND_ERR_INVALID_ARG') return 'bad-request';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout';
  return started ? 'broken' : 'connect';
}

/** The pool was closed under the request, because its slot left the route: nothing is wrong with the instance. */
export function poolClosed(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED';
}

export const failureAnswers: Record<Failure, EdgeAnswer> = {
  'too-large': { status: 413, message: 'The request body is larger than this site allows.' },
  'bad-request': { status: 400, message: 'The request has a target or header that cannot be passed on.' },
  timeout: { status: 504, message: 'The application did not answer in time.' },
  connect: { status: 502, message: 'The application cannot be reached.', retryAfterSeconds: 1 },
  broken: { status: 502, message: 'The application broke off before it answered.' },
};

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
