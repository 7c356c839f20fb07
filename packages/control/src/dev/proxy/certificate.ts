import { X509Certificate } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Certificate {
  /** PEM. */
  cert: string;
  key: string;
  until: Date;
}

const day = 86_400_000;
/** One that ends sooner is made anew. */
const leastLeft = 30 * day;
/**
 * The self-signed certificate for this machine's own name, kept in `directory`; made when there is none that still
 * holds.
 */
export async function localCertificate(directory: string, now = new Date()): Promise<Certificate> {
  const files = { cert: join(directory, 'localhost.pem'), key: join(directory, 'localhost-key.pem') };
  const had = await read(files).catch(() => null);
  if (had && had.until.getTime() - now.getTime() > leastLeft) return had;
  const made = await (await import('./make-certificate.ts')).makeCertificate(now);
  for (const name of ['key', 'cert'] as const) {
    const draft = `${files[name]}.draft`;
    await writeFile(draft, made[name], { mode: 0o600 });
    await rename(draft, files[name]);
  }
  return made;
}

async function read(files: Record<'cert' | 'key', string>): Promise<Certificate> {
  const [cert, key] = await Promise.all([readFile(files.cert, 'utf8'), readFile(files.key, 'utf8')]);
  return { cert, key, until: new Date(new X509Certificate(cert).validTo) };
}
