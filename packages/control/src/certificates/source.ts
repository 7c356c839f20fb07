import type { TlsConfig } from '@kova/core/config/tls';
import type { Secret } from '@kova/core/secret';
import type { Context } from '../context.ts';
import type { CertificateRecord } from '../store/certificates.ts';
import type { WantedCertificate } from './wanted.ts';

/** A certificate with its key, in PEM. */
export interface Obtained {
  chain: string;
  key: Secret;
}

type Of<Kind extends TlsConfig['certificate']> = WantedCertificate & {
  tls: Extract<TlsConfig, { certificate: Kind }>;
};

/** Where certificates come from. @throws KovaError CERTIFICATE_INVALID, CERTIFICATE_REFUSED when it cannot be had */
export type Obtain<Kind extends TlsConfig['certificate']> = (
  ctx: Context,
  wanted: Of<Kind>,
  record: CertificateRecord,
) => Promise<Obtained>;
