import { KovaError } from '@kova/core/errors/kova-error';

/** What dockerode throws: of the connection with a `code`, of the engine's answer with a `statusCode`. */
interface EngineError {
  code?: unknown;
  statusCode?: unknown;
  message?: string;
  json?: { message?: string } | null;
}

const connectionCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EACCES', 'EPIPE', 'ETIMEDOUT']);

/** HTTP status of an answer of the engine; null for any other error. */
export function engineStatus(error: unknown): number | null {
  const status = (error as EngineError | null)?.statusCode;
  return typeof status === 'number' ? status : null;
}

/**
 * Runs a call of the engine. Rejects with ENGINE_UNAVAILABLE when the engine cannot be reached and with ENGINE_FAILED
 * when it refuses, both saying what was being done: `creating shop/production/blue/0: no space left on device`.
 * Errors of Kova pass as they are.
 */
export async function engineCall<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explainEngine(doing, error);
  }
}

export function explainEngine(doing: string, error: unknown): unknown {
  if (error instanceof KovaError) return error;
  const { code, message, json } = error as EngineError;
  if (engineStatus(error) !== null)
    return new KovaError('ENGINE_FAILED', `${doing}: ${json?.message ?? message ?? 'the engine refused'}`, {
      cause: error,
    });
  if (typeof code === 'string' && connectionCodes.has(code))
    return new KovaError('ENGINE_UNAVAILABLE', `${doing}: the Docker engine does not answer (${code})`, {
      cause: error,
    });
  return error;
}
