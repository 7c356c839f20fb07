import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { explainDisk } from './disk.ts';
import { enginePatience } from './patience.ts';

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
 * when it refuses, or DISK_FULL, all saying what was being done: `creating shop/production/blue/0: the network is gone`.
 * Errors of Kova pass as they are.
 */
export async function engineCall<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explainEngine(doing, error);
  }
}

/** What the engine is asked for; null when it has no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
}

/** No error of a container that has ended or was removed meanwhile, or is just being removed. */
export function goneAlready(error: unknown): void {
  if (![404, 409].includes(engineStatus(error) ?? 0)) throw error;
}

export function explainEngine(doing: string, error: unknown): unknown {
  if (error instanceof KovaError) return error;
  const { code, message, json } = error as EngineError;
  if (engineStatus(error) !== null) {
    const words = `${doing}: ${json?.message ?? message ?? 'the engine refused'}`;
    return explainDisk(new KovaError('ENGINE_FAILED', words, { cause: error }));
  }
  if (typeof code === 'string' && connectionCodes.has(code))
    return new KovaError('ENGINE_UNAVAILABLE', `${doing}: the Docker engine does not answer (${code})`, {
      cause: error,
    });
  return error;
}

/** @throws KovaError ENGINE_UNAVAILABLE, also when it takes calls and hangs */
export async function engineAnswers(engine: Docker): Promise<void> {
  await engineCall('asking the engine', () => engine.listContainers({ limit: 1, abortSignal: enginePatience() }));
}
