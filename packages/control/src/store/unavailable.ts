import { hasCode } from '@kova/core/errors/kova-error';
import { explainUnavailable } from './connection-errors.ts';

/** Whether an error says that Postgres does not answer just now: worth another attempt. */
export function storeIsAway(error: unknown): boolean {
  return hasCode(explainUnavailable(error), 'STORE_UNAVAILABLE');
}
