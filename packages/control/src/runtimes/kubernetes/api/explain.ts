import { KovaError } from '@kova/core/errors/kova-error';
import { ApiException } from '@kubernetes/client-node';

/** HTTP status of an answer of the API server; null for any other error. */
export function clusterStatus(error: unknown): number | null {
  return error instanceof ApiException ? error.code : null;
}

/**
 * Runs a call of the API. Rejects with CLUSTER_UNAVAILABLE when the API server cannot be reached and with
 * CLUSTER_FAILED when it refuses, both saying what was being done and in the server's words why not. Errors of Kova
 * pass as they are.
 */
export async function clusterCall<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explainCluster(doing, error);
  }
}

/** The same, null for what is not there. */
export async function ifThere<T>(doing: string, call: () => Promise<T>): Promise<T | null> {
  return clusterCall(doing, () =>
    call().catch((error: unknown) => {
      if (clusterStatus(error) === 404) return null;
      throw error;
    }),
  );
}

export function explainCluster(doing: string, error: unknown): unknown {
  if (error instanceof KovaError) return error;
  if (error instanceof ApiException) {
    return new KovaError('CLUSTER_FAILED', `${doing}: ${statusWords(error)}`, { cause: error });
  }
  const { cause, message } = error as Error & { cause?: { code?: unknown } };
  const code = cause?.code ?? (error as { code?: unknown }).code;
  if (typeof code !== 'string' && message !== 'fetch failed') return error;
  const why = typeof code === 'string' ? code : message;
  return new KovaError('CLUSTER_UNAVAILABLE', `${doing}: the API server does not answer (${why})`, { cause: error });
}

/**
 * The `message` of the Status object that the server answers with:
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
function statusWords({ code, body }: ApiException<unknown>): string {
  const status = typeof body === 'string' ? parsed(body) : body;
  const message = (status as { message?: unknown } | null)?.message;
  return typeof message === 'string' && message !== '' ? message : `the API server answered ${code}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
