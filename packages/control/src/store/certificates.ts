import type { TlsConfig } from '@kova/core/config/tls';
import type { CertificateInfo } from '@kova/core/traffic/certificate';
import { type Selectable, sql, type Updateable } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

/** Whose certificate it is. */
export interface CertificateOf {
  project: string;
  environment: string;
}

/** What is kept of the certificate of an environment; secrets in it are sealed. */
export interface CertificateRecord extends CertificateOf {
  source: TlsConfig['certificate'];
  hosts: string[];
  chain: string | null;
  sealedKey: string | null;
  fingerprint: string | null;
  issuer: string | null;
  notBefore: Date | null;
  notAfter: Date | null;
  /** An order that is under way at an authority. */
  order: { url: string; sealedKey: string } | null;
  /** When it is to be obtained again. */
  nextAt: Date;
  failures: number;
  /** Why it could not be had the last time. */
  problem: string | null;
}

/**
 * The record of a certificate that is wanted. One for other settings than before is due at once; what the edge had
 * stays until then.
 */
export async function ensureCertificate(
  db: Store,
  wanted: CertificateOf & { tls: TlsConfig; hosts: string[] },
): Promise<CertificateRecord> {
  const { project, environment, tls, hosts } = wanted;
  const { redirect, hsts, ...asked } = tls;
  const settings = JSON.stringify([asked, hosts]);
  const fresh = { settings, source: tls.certificate, hosts };
  await db
    .insertInto('certificates')
    .values({ project, environment, ...fresh })
    .onConflict((on) =>
      on
        .columns(['project', 'environment'])
        .doUpdateSet({ ...fresh, next_at: sql`now()`, failures: 0, problem: null, order_url: null, order_key: null })
        .where('certificates.settings', '!=', settings),
    )
    .execute();
  const row = await rowsOf(db, wanted).executeTakeFirstOrThrow();
  return toRecord(row);
}

export async function findCertificate(db: Store, of: CertificateOf): Promise<CertificateRecord | null> {
  const row = await rowsOf(db, of).executeTakeFirst();
  return row ? toRecord(row) : null;
}

export async function allCertificates(db: Store): Promise<CertificateRecord[]> {
  const rows = await db.selectFrom('certificates').selectAll().orderBy('project').orderBy('environment').execute();
  return rows.map(toRecord);
}

/** The edge has taken it; the next one is due at `nextAt`. */
export async function noteObtained(
  db: Store,
  of: CertificateOf,
  info: CertificateInfo,
  kept: { chain: string; sealedKey: string | null; nextAt: Date },
): Promise<void> {
  await change(db, of, {
    ...{ chain: kept.chain, sealed_key: kept.sealedKey, fingerprint: info.fingerprint, issuer: info.issuer },
    ...{ not_before: new Date(info.notBefore), not_after: new Date(info.notAfter), next_at: kept.nextAt },
    ...{ order_url: null, order_key: null, failures: 0, problem: null },
  });
}

export async function noteProblem(
  db: Store,
  of: CertificateOf,
  { problem, failures, nextAt }: { problem: string; failures: number; nextAt: Date },
): Promise<void> {
  await change(db, of, { problem, failures, next_at: nextAt });
}

/** Null when there is none to go on with. */
export async function noteOrder(db: Store, of: CertificateOf, order: CertificateRecord['order']): Promise<void> {
  await change(db, of, { order_url: order?.url ?? null, order_key: order?.sealedKey ?? null });
}

/** Due at once, as if it had never failed. */
export async function makeDue(db: Store, of: CertificateOf): Promise<void> {
  await change(db, of, { next_at: new Date(), failures: 0 });
}

export async function forgetCertificate(db: Store, of: CertificateOf): Promise<void> {
  await db
    .deleteFrom('certificates')
    .where('project', '=', of.project)
    .where('environment', '=', of.environment)
    .execute();
}

function rowsOf(db: Store, { project, environment }: CertificateOf) {
  return db
    .selectFrom('certificates')
    .selectAll()
    .where('project', '=', project)
    .where('environment', '=', environment);
}

async function change(db: Store, of: CertificateOf, values: Updateable<Schema['certificates']>): Promise<void> {
  await db
    .updateTable('certificates')
    .set(values)
    .where('project', '=', of.project)
    .where('environment', '=', of.environment)
    .execute();
}

function toRecord(row: Selectable<Schema['certificates']>): CertificateRecord {
  const { project, environment, source, hosts, chain, fingerprint, issuer, failures, problem } = row;
  return {
    ...{ project, environment, source, hosts, chain, fingerprint, issuer, failures, problem },
    ...{ sealedKey: row.sealed_key, notBefore: row.not_before, notAfter: row.not_after, nextAt: row.next_at },
    order: row.order_url && row.order_key ? { url: row.order_url, sealedKey: row.order_key } : null,
  };
}
