import { X509Certificate } from 'node:crypto';
import { KovaError } from '@kova/core/errors/kova-error';
import type { CertificateKeeper } from '../certificates/keeper.ts';
import type { Context } from '../context.ts';
import {
  allCertificates,
  type CertificateOf,
  type CertificateRecord,
  findCertificate,
  makeDue,
} from '../store/certificates.ts';
import type { AuthorityView, CertificateView } from './views.ts';

export async function listCertificates(ctx: Context): Promise<CertificateView[]> {
  return (await allCertificates(ctx.db)).map(viewOf);
}

/** @throws KovaError NOT_FOUND */
export async function readCertificate(ctx: Context, of: CertificateOf): Promise<CertificateView> {
  return viewOf(await required(ctx, of));
}

/** Obtains it again, whether it is due or not. @throws KovaError NOT_FOUND; CERTIFICATE_REFUSED with why it cannot be had */
export async function renewCertificate(
  ctx: Context,
  keeper: CertificateKeeper,
  of: CertificateOf,
): Promise<CertificateView> {
  await required(ctx, of);
  await keeper.settled(of);
  await makeDue(ctx.db, of);
  await keeper.look();
  await keeper.settled(of);
  const record = await required(ctx, of);
  if (record.problem !== null) throw new KovaError('CERTIFICATE_REFUSED', record.problem);
  return viewOf(record);
}

/** The local authority; made when it is not there yet. */
export async function readAuthority(ctx: Context): Promise<AuthorityView> {
  const { localAuthority } = await import('../certificates/local/authority.ts');
  const { path, certificate } = await localAuthority(ctx.home);
  const { fingerprint256: fingerprint, validToDate } = new X509Certificate(certificate);
  return { path, fingerprint, notAfter: validToDate.toISOString(), pem: certificate };
}

async function required(ctx: Context, of: CertificateOf): Promise<CertificateRecord> {
  const record = await findCertificate(ctx.db, of);
  if (record) return record;
  throw new KovaError('NOT_FOUND', `${of.project} asks for no certificate in ${of.environment}`, {
    next: 'Set tls of the environment in kova.config.ts and ship it; `kova certificate list` names those that there are.',
  });
}

function viewOf({ notBefore, notAfter, nextAt, ...record }: CertificateRecord): CertificateView {
  const { project, environment, source, hosts, issuer, fingerprint, problem, failures } = record;
  return {
    ...{ project, environment, source, hosts, issuer, fingerprint, problem, failures },
    notBefore: notBefore?.toISOString() ?? null,
    notAfter: notAfter?.toISOString() ?? null,
    renewsAt: source === 'files' ? null : nextAt.toISOString(),
  };
}
