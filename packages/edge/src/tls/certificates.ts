import { chmod, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { type CertificateInfo, type KeyPair, keyPairSchema } from '@kova/core/traffic/certificate';
import { z } from 'zod';
import { writeDurably } from '../process/durable-file.ts';
import { HostMap } from '../route/match.ts';
import { type LiveCertificate, openKeyPair } from './key-pair.ts';

const fileSchema = keyPairSchema.extend({ format: z.literal(1), id: z.string().min(1) });

/**
 * The certificates in force. A connection is given that of the moment it comes; those that are open keep theirs. Each
 * lies in a file of its own, and is there before it is in force.
 */
export class Certificates {
  readonly #dir: string;
  #all: ReadonlyMap<string, LiveCertificate> = new Map();
  #hosts = new HostMap<LiveCertificate>([]);
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** Takes what lies in `dir`, expired or not; what cannot be read is set aside as `.bad`, loudly. */
  static async load(dir: string): Promise<Certificates> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await chmod(dir, 0o700);
    const certificates = new Certificates(dir);
    const files = (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
    const live = await Promise.all(files.map((name) => loadFile(join(dir, name))));
    certificates.#swap(live.filter((each) => each !== null));
    return certificates;
  }

  /** The one for a host: its own, else that of the longest wildcard, else that of `*`. */
  match(host: string): LiveCertificate | undefined {
    return this.#hosts.match(host);
  }

  list(): CertificateInfo[] {
    return [...this.#all.values()].map(({ info }) => info);
  }

  /**
   * Idempotent. What was there stays in force when the new one is refused.
   * @throws KovaError CERTIFICATE_INVALID; CONFLICT when another one serves a host of it
   */
  put(id: string, pair: KeyPair): Promise<CertificateInfo> {
    return this.#inTurn(async () => {
      const live = openKeyPair(id, pair, Date.now());
      this.#assertHostsFree(live.info);
      await writeDurably(this.#fileOf(id), JSON.stringify({ format: 1, id, ...pair }));
      this.#swap([...this.#others(id), live]);
      return live.info;
    });
  }

  /** Idempotent. */
  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      await rm(this.#fileOf(id), { force: true });
      this.#swap(this.#others(id));
    });
  }

  #others(id: string): LiveCertificate[] {
    return [...this.#all.values()].filter(({ info }) => info.id !== id);
  }

  #assertHostsFree({ id, hosts }: CertificateInfo): void {
    for (const { info } of this.#others(id)) {
      const taken = info.hosts.find((host) => hosts.includes(host));
      if (taken) throw new KovaError('CONFLICT', `The host ${taken} has the certificate of ${info.id} already.`);
    }
  }

  #swap(live: readonly LiveCertificate[]): void {
    this.#all = new Map(live.map((each) => [each.info.id, each]));
    this.#hosts = new HostMap(live.flatMap((each) => each.info.hosts.map((host) => [host, each] as const)));
  }

  #fileOf(id: string): string {
    return join(this.#dir, `${encodeURIComponent(id)}.json`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(work);
    this.#writing = result.catch(() => {});
    return result;
  }
}

async function loadFile(path: string): Promise<LiveCertificate | null> {
  try {
    const { id, format, ...pair } = fileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    return openKeyPair(id, pair, null);
  } catch (error) {
    // Not the error itself, which may quote the key.
    const why = error instanceof KovaError ? error.message : 'it cannot be read';
    console.error(`CERTIFICATE LOST: ${path}: ${why}; kept as ${path}.bad`);
    await rename(path, `${path}.bad`).catch(() => {});
    return null;
  }
}
