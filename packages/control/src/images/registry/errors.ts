import { KovaError, reportOf } from '@kova/core/errors/kova-error';

const refused = /unauthorized|authentication required|no basic auth|denied|forbidden|HTTP status: 40[13]/i;
const plain = /server gave HTTP response to HTTPS client|certificate/i;
const away =
  /connection refused|no such host|timeout|EOF|reset by peer|HTTP status: 5\d\d|unavailable|no route to host|unknown: unknown/i;

/** What a registry said through the engine, by what can be done about it. */
export function explainPush(error: unknown, name: string): unknown {
  const { code, message } = reportOf(error);
  return (code === 'ENGINE_FAILED' && explainRegistry(message, name, error)) || error;
}

/** Null for words that say nothing of a registry. */
export function explainRegistry(message: string, name: string, cause?: unknown): KovaError | null {
  const registry = name.split('/')[0];
  if (refused.test(message)) {
    return new KovaError('REGISTRY_REFUSED', message, {
      cause,
      next: `See that image.credentials may push to ${name}, and that its secret holds the password of today.`,
    });
  }
  if (plain.test(message)) {
    return new KovaError('REGISTRY_REFUSED', message, {
      cause,
      next: `See that the engine trusts ${registry} (its certificate, or insecure-registries), and Kova (NODE_EXTRA_CA_CERTS).`,
    });
  }
  if (away.test(message)) {
    return new KovaError('REGISTRY_UNAVAILABLE', message, {
      cause,
      next: `See that ${registry} runs, has room, and that the engine reaches it; then run the pipeline again.`,
    });
  }
  return null;
}
