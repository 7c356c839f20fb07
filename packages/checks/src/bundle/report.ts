import { type Chunk, type Libraries, weigh } from './weigh.ts';

/** A file that browsers load, and how the report calls it. */
export interface Loaded {
  file: string;
  name: string;
}

/** What a page loads to start. */
export interface Route {
  route: string;
  /** Names of chunks. */
  chunks: readonly string[];
}

type Sizes = Pick<Chunk, 'bytes' | 'gzip' | 'brotli'>;

export interface BundleReport {
  total: Sizes;
  /** Which chunks hold a library. */
  libraries: Record<string, string[]>;
  routes: Array<Route & Sizes>;
  /** The heaviest first. */
  chunks: Chunk[];
}

/** Weighs a build. Nothing in the report tells of when or where: the same build gives the same report. */
export async function bundleReport(
  files: readonly Loaded[],
  routes: readonly Route[],
  libraries: Libraries,
): Promise<BundleReport> {
  const chunks = await Promise.all(files.map(({ file, name }) => weigh(file, name, libraries)));
  chunks.sort((a, b) => b.gzip - a.gzip || (a.chunk < b.chunk ? -1 : 1));
  const byName = new Map(chunks.map((chunk) => [chunk.chunk, chunk]));
  return {
    total: sum(chunks),
    libraries: Object.fromEntries([...libraries.keys()].map((library) => [library, holding(library, chunks)])),
    routes: routes.map((route) => ({ ...route, ...sum(route.chunks.flatMap((name) => byName.get(name) ?? [])) })),
    chunks,
  };
}

function sum(rows: readonly Sizes[]): Sizes {
  const total = { bytes: 0, gzip: 0, brotli: 0 };
  for (const { bytes, gzip, brotli } of rows) {
    total.bytes += bytes;
    total.gzip += gzip;
    total.brotli += brotli;
  }
  return total;
}

function holding(library: string, chunks: readonly Chunk[]): string[] {
  return chunks.filter(({ libraries }) => libraries.includes(library)).map(({ chunk }) => chunk);
}
