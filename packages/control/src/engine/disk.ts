import { KovaError, reportOf } from '@kova/core/errors/kova-error';

/** An engine without room is told apart from one that refuses. */
export function explainDisk(error: unknown): unknown {
  const { message } = reportOf(error);
  if (!/no space left on device|ENOSPC/i.test(message)) return error;
  return new KovaError('DISK_FULL', message, {
    cause: error instanceof KovaError ? (error.cause ?? error) : error,
    next: 'Free some space where the engine keeps its images: `docker system df` shows what uses it.',
  });
}
