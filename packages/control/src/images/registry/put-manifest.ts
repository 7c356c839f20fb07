import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import type { PushTarget } from '../../ports/images.ts';
import { isInsecure, repositoryAddress } from './address.ts';
import { authorizationFor } from './authorization.ts';
import { explainRegistry } from './errors.ts';
import type { Manifest } from './manifest-list.ts';

const patienceMs = 30_000;

/**
 * Writes a manifest under all tags, which an engine cannot do by itself, through the registry's API (OCI Distribution
 * Specification, "Pushing Manifests"). Idempotent.
 * @throws KovaError REGISTRY_UNAVAILABLE when it is away or ill, REGISTRY_REFUSED
 */
export async function putManifest(
  engine: Docker,
  target: PushTarget,
  tags: readonly string[],
  manifest: Manifest,
): Promise<void> {
  const { name, credentials } = target;
  let doing = `pushing to ${name}`;
  const { host, path } = repositoryAddress(name);
  const signal = AbortSignal.any([target.signal, AbortSignal.timeout(patienceMs)]);
  const insecure = await isInsecure(engine, host);
  try {
    const { base, challenge } = await greet(host, insecure, signal);
    const scope = `repository:${path}:pull,push`;
    const authorization = await authorizationFor({ challenge, scope, credentials, insecure, signal });
    const headers = { 'content-type': manifest.mediaType, ...(authorization && { authorization }) };
    for (const tag of tags) {
      doing = `pushing ${name}:${tag}`;
      const url = `${base}/v2/${path}/manifests/${tag}`;
      const answer = await fetch(url, { method: 'PUT', headers, body: manifest.text, redirect: 'error', signal });
      if (!answer.ok) throw await refusal(doing, name, answer);
    }
  } catch (error) {
    throw error instanceof KovaError ? error : unreachable(doing, name, error);
  }
}

/** Where the API is, and what it asks for: an insecure registry may be one without TLS. */
async function greet(host: string, insecure: boolean, signal: AbortSignal) {
  const ask = async (base: string) => {
    const answer = await fetch(`${base}/v2/`, { redirect: 'error', signal });
    await answer.arrayBuffer();
    return { base, challenge: answer.status === 401 ? answer.headers.get('www-authenticate') : null };
  };
  if (!insecure) return ask(`https://${host}`);
  return ask(`https://${host}`).catch(() => ask(`http://${host}`));
}

async function refusal(doing: string, name: string, answer: Response): Promise<KovaError> {
  const words = `${doing}: HTTP status: ${answer.status} ${(await answer.text()).slice(0, 200)}`;
  return explainRegistry(words, name) ?? new KovaError('REGISTRY_REFUSED', words);
}

/** `fetch` says what is wrong with a connection in the cause of its error alone. */
function unreachable(doing: string, name: string, error: unknown): KovaError {
  const { cause } = error as Error;
  const words = `${doing}: ${reportOf(cause ?? error).message}`;
  return explainRegistry(words, name, error) ?? new KovaError('REGISTRY_UNAVAILABLE', words, { cause: error });
}
