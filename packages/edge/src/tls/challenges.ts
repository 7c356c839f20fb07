import { createSecureContext, type SecureContext } from 'node:tls';
import { KovaError } from '@kova/core/errors/kova-error';

const wellKnown = '/.well-known/acme-challenge/';

/** What an authority is answered that wants to see whose a host is (RFC 8555, 8.3; RFC 8737). Held while it asks. */
export class Challenges {
  /** Key authorizations by token. */
  readonly http = new Map<string, string>();
  /** Certificates that prove it, by host. */
  readonly alpn = new Map<string, SecureContext>();

  /** The proof that a request's target asks for. */
  proofFor(target: string): string | undefined {
    return this.http.size > 0 && isChallenge(target) ? this.http.get(target.slice(wellKnown.length)) : undefined;
  }
}

/** An authority asks by plain HTTP: what it asks for is not redirected, whoever answers it. */
export function isChallenge(target: string): boolean {
  return target.startsWith(wellKnown);
}

/** @throws KovaError INPUT_INVALID */
export function challengeContext({ chain, key }: { chain: string; key: string }): SecureContext {
  try {
    return createSecureContext({ cert: chain, key });
  } catch {
    throw new KovaError('INPUT_INVALID', 'The certificate of the challenge cannot be used.');
  }
}
