import { z } from 'zod';

/** Host names as in a route. */
const hosts = z.array(z.string().regex(/^[a-z0-9*.-]+$/)).min(1);

/** What the edge ends TLS with for some hosts. */
export const keyPairSchema = z.strictObject({
  hosts,
  /** PEM: the certificate of the hosts, then those that lead to its authority. */
  chain: z.string().max(200_000),
  /** PEM of its key. */
  key: z.string().max(50_000),
});
export type KeyPair = z.infer<typeof keyPairSchema>;

/** What may be told of a certificate that the edge has. */
export const certificateInfoSchema = z.strictObject({
  /** `project/environment`. */
  id: z.string(),
  hosts,
  issuer: z.string(),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  /** SHA-256 of the certificate, in hex with colons. */
  fingerprint: z.string(),
});
export type CertificateInfo = z.infer<typeof certificateInfoSchema>;
