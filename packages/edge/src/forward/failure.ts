import { UpstreamError } from '../upstream/call.ts';
import type { EdgeAnswer } from './answer.ts';
import { BodyTooLarge } from './request-body.ts';

/** What became of an attempt that got no whole answer. */
export type Failure = 'too-large' | 'timeout' | 'connect' | 'broken';

export function failureOf(error: Error): Failure {
  if (error instanceof BodyTooLarge) return 'too-large';
  if (!(error instanceof UpstreamError)) return 'broken';
  return error.fault === 'closed' ? 'connect' : error.fault;
}

/** The connections were closed under the request, because its slot left the route: nothing is wrong with the instance. */
export function connectionsClosed(error: Error): boolean {
  return error instanceof UpstreamError && error.fault === 'closed';
}

export const failureAnswers: Record<Failure, EdgeAnswer> = {
  'too-large': { status: 413, message: 'The request body is larger than this site allows.' },
  timeout: { status: 504, message: 'The application did not answer in time.' },
  connect: { status: 502, message: 'The application cannot be reached.', retryAfterSeconds: 1 },
  broken: { status: 502, message: 'The application broke off before it answered.' },
};
