import 'reflect-metadata';
import { type KeyObject, webcrypto } from 'node:crypto';
import type { KeyPair } from '@kova/core/traffic/certificate';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
type Keys = Awaited<ReturnType<typeof makeKeys>>;

export interface Authority {
  /** PEM that clients trust. */
  pem: string;
  /** A certificate for the hosts; `fromMs` and `toMs` are relative to now. */
  issue(hosts: string[], options?: { fromMs?: number; toMs?: number }): Promise<KeyPair>;
}

export async function makeAuthority(name = 'Test authority'): Promise<Authority> {
  const keys = await makeKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${name}`, keys, serialNumber: serial(), notBefore: at(-DAY_MS), notAfter: at(10 * DAY_MS) },
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  const issue: Authority['issue'] = async (hosts, { fromMs = -DAY_MS, toMs = DAY_MS } = {}) => {
    const own = await makeKeys();
    const leaf = await x509.X509CertificateGenerator.create({
      ...{ subject: `CN=${hosts[0]}`, issuer: root.subject, publicKey: own.publicKey, signingKey: keys.privateKey },
      ...{ serialNumber: serial(), notBefore: at(fromMs), notAfter: at(toMs), signingAlgorithm: algorithm },
      extensions: [new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns' as const, value })))],
    });
    return { hosts, chain: leaf.toString('pem'), key: await pemOf(own) };
  };
  return { pem: root.toString('pem'), issue };
}

async function makeKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function pemOf({ privateKey }: Keys): Promise<string> {
  const { KeyObject: keys } = await import('node:crypto');
  return (keys.from(privateKey) as KeyObject).export({ type: 'pkcs8', format: 'pem' }).toString();
}

function serial(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
    .toString('hex')
    .replace(/^./, '1');
}

function at(ms: number): Date {
  return new Date(Date.now() + ms);
}
