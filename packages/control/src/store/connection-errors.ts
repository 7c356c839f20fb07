import { KovaError } from '@kova/core/errors/kova-error';

/**
 * PostgreSQL is shutting down or starting, or has no connection to spare; a statement waited too long for others; the
 * network has no connection to give.
 */
const away = new Set([
  '57014',
  '40P01',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/** What `pg` says when a query took longer than its `query_timeout`. */
export const noAnswer = 'Query read timeout';

/** `pg` gives these no code. */
const awayMessages =
  /^Connection terminated|^timeout exceeded when trying to connect|is not queryable$|^Query read timeout$/;

/** No such user, wrong password, no such database, no right to it: will not pass by itself. */
const refused = new Set(['28P01', '28000', '3D000', '42501']);

/** STORE_UNAVAILABLE for what went wrong with the connection; gives back any other error as it is. */
export function explainUnavailable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '', message } = error as Error & { code?: string };
  if (away.has(code) || code.startsWith('08') || awayMessages.test(message)) {
    return new KovaError('STORE_UNAVAILABLE', `Postgres does not answer: ${message || code}`, { cause: error });
  }
  return error;
}

/** The same for an attempt to connect, where a refusal too means that there is no store. */
export function explainNoConnection(error: unknown): unknown {
  const { code = '', message } = error as Error & { code?: string };
  if (!refused.has(code)) return explainUnavailable(error);
  return new KovaError('STORE_UNAVAILABLE', `Postgres refuses the connection: ${message}`, {
    next: 'Check the user, password and database in KOVA_DATABASE_URL.',
    cause: error,
  });
}
