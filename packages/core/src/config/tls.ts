import { z } from 'zod';
import { duration } from './values.ts';

const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory';

const conduct = {
  redirect: z
    .boolean()
    .default(true)
    .describe('plain HTTP is answered with 308 to https, once the host has a certificate'),
  hsts: duration
    .nullable()
    .default(null)
    .describe('how long browsers shall ask for nothing but https (Strict-Transport-Security); null does not say'),
};

const pemFile = z.string().startsWith('/');

const files = z.strictObject({
  certificate: z.literal('files'),
  cert: pemFile.describe('PEM on the machine of Kova: the certificate, and after it those that lead to its authority'),
  key: pemFile.describe('PEM of its key'),
  ...conduct,
});
const local = z.strictObject({ certificate: z.literal('local'), ...conduct });
const acme = z.strictObject({
  certificate: z.literal('acme'),
  directory: z
    .url({ protocol: /^https$/ })
    .default(letsEncrypt)
    .describe('of the authority'),
  email: z.email().nullable().default(null).describe('told to the authority, which may write to it'),
  challenge: z.enum(['http-01', 'tls-alpn-01']).default('http-01').describe('how it is proved whose the hosts are'),
  ...conduct,
});

/** Where the certificate of an environment's hosts comes from, and what follows from having one. */
export const tlsSchema = z.discriminatedUnion('certificate', [files, local, acme]);
export type TlsConfig = z.output<typeof tlsSchema>;

/** Names that nobody can own in the public DNS: RFC 2606, 6761, 6762, 8375, and `internal`, which ICANN reserves. */
export const privateDomains = ['localhost', 'test', 'example', 'invalid', 'local', 'internal', 'lan', 'home.arpa'];

export function isPrivateHost(host: string): boolean {
  return privateDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

/** What stands against such a certificate for a host of the environment, or null. `host` may begin with `*.`. */
export function whyNoCertificate({ certificate }: TlsConfig, host: string): string | null {
  if (certificate === 'local' && !isPrivateHost(host)) {
    return `the local authority vouches only for names below ${privateDomains.join(', ')}`;
  }
  if (certificate === 'acme' && host.includes('*')) return 'HTTP-01 and TLS-ALPN-01 prove no wildcard; name the hosts';
  if (certificate === 'acme' && isPrivateHost(host)) return 'nobody can prove to own it; use certificate: local';
  return null;
}
