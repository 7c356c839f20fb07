import { readFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** What one file that browsers load weighs, in bytes. */
export interface Chunk {
  chunk: string;
  bytes: number;
  gzip: number;
  brotli: number;
  libraries: string[];
}

/** Text that survives minification and names its library. */
export type Libraries = ReadonlyMap<string, RegExp>;

export const knownLibraries: Libraries = new Map([
  ['framer-motion', /layoutId/],
  ['react-dom', /__reactContainer\$/],
]);

export async function weigh(file: string, name: string, libraries: Libraries): Promise<Chunk> {
  const content = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const text = name.endsWith('.css') ? '' : content.toString('utf8');
  return {
    chunk: name,
    bytes: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    brotli: brotliCompressSync(content, { params }).length,
    libraries: [...libraries].filter(([, mark]) => mark.test(text)).map(([library]) => library),
  };
}
