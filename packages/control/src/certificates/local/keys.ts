import { KeyObject, webcrypto } from 'node:crypto';
import { Secret } from '@kova/core/secret';

export const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export type Keys = webcrypto.CryptoKeyPair;

export async function makeKeys(): Promise<Keys> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** In PEM. */
export function privateKeyOf({ privateKey }: Keys): Secret {
  return new Secret(KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString());
}
