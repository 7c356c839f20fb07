import type { TlsConfig } from '@kova/core/config/tls';
import { reportOf } from '@kova/core/errors/kova-error';
import type { CertificateInfo } from '@kova/core/traffic/certificate';
import type { Context } from '../context.ts';
import { say } from '../process-log.ts';
import {
  allCertificates,
  type CertificateOf,
  type CertificateRecord,
  ensureCertificate,
  forgetCertificate,
  noteObtained,
  noteProblem,
} from '../store/certificates.ts';
import { fromFiles } from './files.ts';
import { pauseMs, renewAt } from './renewal.ts';
import type { Obtain, Obtained } from './source.ts';
import { type WantedCertificate, wantedCertificates } from './wanted.ts';

type Sources = { [Kind in TlsConfig['certificate']]: () => Promise<Obtain<Kind>> };

/** Loaded when the first one is wanted: what makes certificates is large. */
const sources: Sources = {
  files: async () => fromFiles,
  local: async () => (await import('./local/local.ts')).fromLocalAuthority,
  acme: async () => (await import('./acme/acme.ts')).fromAcme,
};

/**
 * Sees to it that the edge has the certificates that the environments ask for: obtains them, renews them in time, and
 * gives them to an edge that has lost them. What cannot be had is told, and tried again; what the edge has stays.
 */
export class CertificateKeeper {
  readonly #ctx: Context;
  /** At work; an authority may take minutes, and the others do not wait for it. */
  readonly #busy = new Map<string, Promise<void>>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  async look(): Promise<void> {
    const wanted = await wantedCertificates(this.#ctx);
    await this.#removeUnwanted(new Set(wanted.map(idOf)));
    if (wanted.length === 0) return;
    const there = new Map((await this.#ctx.edge.certificates()).map((info) => [info.id, info]));
    for (const each of wanted) {
      if (!this.#busy.has(idOf(each))) this.#start(each, there.get(idOf(each)));
    }
  }

  /** Until nothing is at work on the certificate. */
  async settled(of: CertificateOf): Promise<void> {
    await this.#busy.get(idOf(of));
  }

  #start(wanted: WantedCertificate, inForce: CertificateInfo | undefined): void {
    const id = idOf(wanted);
    const work = this.#keep(wanted, inForce)
      .catch((error: unknown) => say(`certificate of ${id}:`, error))
      .finally(() => this.#busy.delete(id));
    this.#busy.set(id, work);
  }

  async #keep(wanted: WantedCertificate, inForce: CertificateInfo | undefined): Promise<void> {
    const record = await ensureCertificate(this.#ctx.db, wanted);
    if (record.source === 'files' || record.nextAt.getTime() <= Date.now()) await this.#obtain(wanted, record, inForce);
    else if (record.fingerprint !== inForce?.fingerprint) await this.#giveAgain(wanted, record);
  }

  async #obtain(wanted: WantedCertificate, record: CertificateRecord, inForce?: CertificateInfo): Promise<void> {
    try {
      const obtained = await obtain(this.#ctx, wanted, record);
      const isNew = obtained.chain !== record.chain || record.fingerprint !== inForce?.fingerprint;
      if (isNew || record.problem !== null) await this.#put(wanted, obtained);
    } catch (error) {
      await this.#failed(record, error);
    }
  }

  async #put(wanted: WantedCertificate, { chain, key }: Obtained): Promise<void> {
    const { db, edge, seal } = this.#ctx;
    const id = idOf(wanted);
    const info = await edge.putCertificate(id, { hosts: wanted.hosts, chain, key: key.reveal() });
    // The files are where the key is kept.
    const sealedKey = wanted.tls.certificate === 'files' ? null : seal.seal(key, keyContext(id));
    await noteObtained(db, wanted, info, { chain, sealedKey, nextAt: renewAt(info) });
    say(`certificate of ${id}: ${info.hosts.join(', ')} by ${info.issuer}, until ${info.notAfter}`);
  }

  async #giveAgain(wanted: WantedCertificate, { chain, sealedKey }: CertificateRecord): Promise<void> {
    if (chain === null || sealedKey === null) return;
    const id = idOf(wanted);
    const key = this.#ctx.seal.open(sealedKey, keyContext(id));
    await this.#ctx.edge.putCertificate(id, { hosts: wanted.hosts, chain, key: key.reveal() });
  }

  async #failed(record: CertificateRecord, error: unknown): Promise<void> {
    const { code, message } = reportOf(error);
    // Nothing is wrong with the certificate.
    if (code === 'EDGE_UNAVAILABLE' || code === 'STORE_UNAVAILABLE') throw error;
    const failures = record.failures + 1;
    const isNews = message !== record.problem;
    if (record.source === 'files' && !isNews) return;
    const nextAt = new Date(Date.now() + pauseMs(failures));
    await noteProblem(this.#ctx.db, record, { problem: message, failures, nextAt });
    const again = record.source === 'files' ? 'as soon as the files change' : `at ${nextAt.toISOString()}`;
    say(`certificate of ${idOf(record)}: ${message}; tried again ${again}`);
  }

  async #removeUnwanted(wanted: ReadonlySet<string>): Promise<void> {
    for (const record of await allCertificates(this.#ctx.db)) {
      if (wanted.has(idOf(record))) continue;
      await this.#ctx.edge.removeCertificate(idOf(record));
      await forgetCertificate(this.#ctx.db, record);
    }
  }
}

async function obtain(ctx: Context, wanted: WantedCertificate, record: CertificateRecord): Promise<Obtained> {
  const source = (await sources[wanted.tls.certificate]()) as Obtain<TlsConfig['certificate']>;
  return source(ctx, wanted, record);
}

function idOf({ project, environment }: CertificateOf): string {
  return `${project}/${environment}`;
}

function keyContext(id: string): string {
  return `certificate ${id}`;
}
