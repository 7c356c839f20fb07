import 'reflect-metadata';
import { createPrivateKey, randomBytes, type webcrypto, X509Certificate } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import * as x509 from '@peculiar/x509';
import type { Home } from '../../home/home.ts';
import { algorithm, makeKeys, privateKeyOf } from './keys.ts';
import { privateNamesOnly } from './name-constraints.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const authorityDays = 3650;
const leafDays = 90;

/** Vouches for the names of this machine to who has chosen to trust it. */
export interface LocalAuthority {
  /** PEM, for those who shall trust it. */
  certificate: string;
  /** Where that lies. */
  path: string;
  key: Secret;
}

/** The authority of the home; made the first time, and again when it would end before what it vouches for. */
export async function localAuthority(home: Home, now = Date.now()): Promise<LocalAuthority> {
  const kept = join(home.keys, 'local-authority.pem');
  const text = await readFile(kept, 'utf8').catch(() => null);
  const known = text === null ? null : parse(text);
  const { certificate, key } = known && endsAfter(known.certificate, now + leafDays * dayMs) ? known : await make(now);
  // One file for both, so that they cannot part.
  if (key !== known?.key) await replace(kept, `${certificate}\n${key.reveal()}`, 0o600);
  const path = join(home.root, 'local-authority.pem');
  await replace(path, `${certificate}\n`, 0o644);
  return { certificate, path, key };
}

/** A certificate for the hosts, in PEM, and its key. */
export async function issue(
  { certificate, key }: LocalAuthority,
  hosts: readonly string[],
  now = Date.now(),
): Promise<{ chain: string; key: Secret }> {
  const issuer = new x509.X509Certificate(certificate);
  const keys = await makeKeys();
  const leaf = await x509.X509CertificateGenerator.create({
    ...{ subject: 'O=Kova', issuer: issuer.subject, publicKey: keys.publicKey, signingKey: await importKey(key) },
    ...{ serialNumber: serialNumber(), signingAlgorithm: algorithm },
    ...{ notBefore: new Date(now - hourMs), notAfter: new Date(now + leafDays * dayMs) },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      // Critical, for the subject alone names nobody.
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: 'dns' as const, value })),
        true,
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { chain: leaf.toString('pem'), key: privateKeyOf(keys) };
}

async function make(now: number): Promise<{ certificate: string; key: Secret }> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: [{ O: ['Kova'] }, { CN: [`Kova local authority on ${hostname()}`.slice(0, 64)] }], keys },
    ...{ serialNumber: serialNumber(), signingAlgorithm: algorithm },
    ...{ notBefore: new Date(now - hourMs), notAfter: new Date(now + authorityDays * dayMs) },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      privateNamesOnly(),
    ],
  });
  return { certificate: certificate.toString('pem'), key: privateKeyOf(keys) };
}

function parse(text: string): { certificate: string; key: Secret } | null {
  const [certificate] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(text) ?? [];
  return certificate && key ? { certificate, key: new Secret(key) } : null;
}

function endsAfter(certificate: string, ms: number): boolean {
  return new X509Certificate(certificate).validToDate.getTime() > ms;
}

function importKey(key: Secret): Promise<webcrypto.CryptoKey> | webcrypto.CryptoKey {
  return createPrivateKey(key.reveal()).toCryptoKey(algorithm, false, ['sign']);
}

/** Positive, and never the same twice (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

async function replace(path: string, text: string, mode: number): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return;
  await writeFile(`${path}.draft`, text, { mode });
  await chmod(`${path}.draft`, mode);
  await rename(`${path}.draft`, path);
}
