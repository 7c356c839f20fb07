import { readFile } from 'node:fs/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import type { Obtain } from './source.ts';

/** What lies in the files at this moment: whoever renews them need not tell. */
export const fromFiles: Obtain<'files'> = async (_ctx, { tls: { cert, key } }) => {
  return { chain: await readPem(cert), key: new Secret(await readPem(key)) };
};

async function readPem(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const next = 'Put the file there, readable for the user that Kova runs as, or correct tls in kova.config.ts.';
    throw new KovaError('CERTIFICATE_INVALID', `${path} cannot be read: ${cause.code}`, { next, cause });
  });
}
