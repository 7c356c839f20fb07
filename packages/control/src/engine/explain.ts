import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';

/** What dockerode throws: of the connection with a `code`, of the engine's answer with a `statusCode`. */
interface EngineError {
  code?: unknown;
  statusCode?: unknown;
  message?: string;
  json?: { message?: string } | null;
}

/** ABORT_ERR is that of a call which was given up, as it took too long. */
const connectionCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EACCES', 'EPIPE', 'ETIMEDOUT', 'ABORT_ERR']);

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

const answerLimitMs = 15_000;

/** @throws KovaError ENGINE_UNAVAILABLE, also when it takes calls and hangs */
export async function engineAnswers(engine: Docker): Promise<void> {
  await engineCall('asking the engine', () =>
    engine.listContainers({ limit: 1, abortSignal: AbortSignal.timeout(answerLimitMs) }),
  );
}
