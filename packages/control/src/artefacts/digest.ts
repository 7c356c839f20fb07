import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';

/** `sha256:` and 64 hex digits, of the compressed bytes. */
export async function digestOf(file: string): Promise<string> {
  return `sha256:${await sha256Of(file)}`;
}

/** The SHA-256 of a file, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** Where the artefact of this digest lies. @throws KovaError INPUT_INVALID */
export function pathOf(directory: string, digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (!hex) throw new KovaError('INPUT_INVALID', `"${digest}" is not a digest; it reads sha256: and 64 hex digits`);
  return join(directory, 'sha256', hex.slice(0, 2), `${hex}.tar.zst`);
}

/** The digest of an artefact's file name; null when it is no artefact. */
export function digestFromName(name: string): string | null {
  const hex = /^([0-9a-f]{64})\.tar\.zst$/.exec(name)?.[1];
  return hex ? `sha256:${hex}` : null;
}
