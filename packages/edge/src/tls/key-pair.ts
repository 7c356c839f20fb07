import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { KovaError } from '@kova/core/errors/kova-error';
import type { CertificateInfo, KeyPair } from '@kova/core/traffic/certificate';

/** A certificate with its key, as the edge ends TLS with it. */
export interface LiveCertificate {
  info: CertificateInfo;
  context: SecureContext;
}

/**
 * Takes a certificate with its key, if clients will accept it for its hosts at `now` (ms; null: whatever the time is).
 * @throws KovaError CERTIFICATE_INVALID with what is wrong
 */
export function openKeyPair(id: string, { hosts, chain, key }: KeyPair, now: number | null): LiveCertificate {
  const [leaf, ...others] = readChain(chain);
  if (!leaf) throw invalid('there is no certificate in the PEM');
  checkChain([leaf, ...others]);
  if (!leaf.checkPrivateKey(readKey(key))) throw invalid('the key is not the one of the certificate');
  const strange = hosts.filter((host) => !covers(leaf, host));
  if (strange.length > 0)
    throw invalid(`it is not for ${strange.join(', ')}, but for ${leaf.subjectAltName ?? 'nobody'}`);
  if (now !== null) checkTime(leaf, now);
  const info = {
    ...{ id, hosts, issuer: leaf.issuer.replaceAll('\n', ', '), fingerprint: leaf.fingerprint256 },
    notBefore: leaf.validFromDate.toISOString(),
    notAfter: leaf.validToDate.toISOString(),
  };
  return { info, context: contextOf(chain, key) };
}

function readChain(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw invalid('the PEM holds no readable certificate', cause);
  }
}

/** Clients look for the next authority right behind; many give up on another order. */
function checkChain(chain: readonly X509Certificate[]): void {
  for (const [index, issuer] of chain.slice(1).entries()) {
    const below = chain[index];
    if (!below?.checkIssued(issuer))
      throw invalid(`certificate ${index + 2} of the PEM is not the issuer of the one before`);
  }
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // What the parser says may quote the key.
    throw invalid('the key is no PEM of a private key without passphrase');
  }
}

/** `*` is whoever names no known host: any certificate will do. */
function covers(leaf: X509Certificate, host: string): boolean {
  return host === '*' || leaf.checkHost(host.replace('*', 'any'), { subject: 'never' }) !== undefined;
}

function checkTime({ validFromDate, validToDate }: X509Certificate, now: number): void {
  if (validToDate.getTime() <= now) throw invalid(`it has expired on ${validToDate.toISOString()}`);
  if (validFromDate.getTime() > now) throw invalid(`it is valid only from ${validFromDate.toISOString()}`);
}

function contextOf(cert: string, key: string): SecureContext {
  try {
    return createSecureContext({ cert, key });
  } catch (cause) {
    throw invalid(`OpenSSL refuses it: ${(cause as Error).message}`, cause);
  }
}

function invalid(why: string, cause?: unknown): KovaError {
  return new KovaError('CERTIFICATE_INVALID', `The certificate cannot be used: ${why}.`, { cause });
}
