import type { Failure } from './failure.ts';
import type { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';

/** Pauses before the attempts after the first, in milliseconds; their number is the bound. */
const delaysMs = [0, 50, 250] as const;

/** Safe to send again (RFC 9110, 9.2.2). */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/** It may be sent to an instance twice without harm. */
export function isRepeatable(head: RequestHead): boolean {
  return !head.hasBody && idempotent.has(head.method);
}

/**
 * Only what cannot happen twice: a request that never reached an instance, or an idempotent one
 * without a body that got no byte back. `attempt` counts from 0.
 */
export function mayRetry(failure: Failure, head: RequestHead, body: RequestBody | null, attempt: number): boolean {
  if (attempt >= delaysMs.length) return false;
  if (failure === 'connect') return body === null || !body.touched;
  return failure === 'broken' && isRepeatable(head);
}

export function retryDelayMs(attempt: number): number {
  return delaysMs[attempt] ?? 0;
}
