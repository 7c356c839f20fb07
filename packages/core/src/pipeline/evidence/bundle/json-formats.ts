import { z } from 'zod';
import { readJson } from '../json.ts';
import { listOf } from '../json-list.ts';
import { malformed } from '../malformed.ts';
import { addWeight, noWeights, stableName, type Weights } from './weights.ts';

const bytes = z.int().min(0);
const isLoaded = (file: string) => /\.(?:js|mjs|css)$/.test(file) && !file.startsWith('server/');

/** A table of chunks that a project weighed itself, with the libraries found in each. */
const weighed = z.object({
  chunks: listOf(
    z.object({ chunk: z.string(), bytes, gzip: bytes.optional(), libraries: listOf(z.string()).default([]) }),
  ),
  routes: listOf(z.object({ route: z.string(), bytes })).default([]),
});
/** `.next/diagnostics/route-bundle-stats.json`, by Next.js 16. */
const nextRoutes = listOf(z.object({ route: z.string(), firstLoadUncompressedJsBytes: bytes }));
/** The JSON of webpack itself. */
const webpackStats = z.object({ assets: listOf(z.object({ name: z.string(), size: bytes })) });
/** The JSON of webpack-bundle-analyzer, and so of @next/bundle-analyzer. */
const analyzed = listOf(z.object({ label: z.string(), parsedSize: bytes, gzipSize: bytes.optional() }));

/**
 * The weights that a JSON report tells, in whichever of the known formats.
 * @throws KovaError REPORT_MALFORMED
 */
export function readWeightsJson(text: string): Weights {
  const value = readJson(text, z.unknown());
  const sample = Array.isArray(value) ? value[0] : value;
  const has = (key: string) => typeof sample === 'object' && sample !== null && key in sample;
  if (Array.isArray(value) && value.length === 0) return noWeights();
  if (Array.isArray(value) && has('route')) return fromNextRoutes(readJson(text, nextRoutes));
  if (Array.isArray(value) && has('label')) return fromAnalyzer(readJson(text, analyzed));
  if (!Array.isArray(value) && has('chunks')) return fromWeighed(readJson(text, weighed));
  if (!Array.isArray(value) && has('assets')) return fromWebpack(readJson(text, webpackStats));
  throw malformed(1, 'no bundle statistics: has neither chunks, assets, labels nor routes');
}

function fromWeighed({ chunks, routes }: z.output<typeof weighed>): Weights {
  const rows = chunks.map(({ chunk, libraries, ...sizes }) => ({ ...sizes, name: nameOf(chunk, libraries) }));
  return { ...ofChunks(rows), routes: new Map(routes.map(({ route, bytes: size }) => [route, size])) };
}

const nameOf = (chunk: string, libraries: readonly string[]) =>
  libraries.length > 0 ? libraries.join('+') : stableName(chunk);

function fromNextRoutes(routes: z.output<typeof nextRoutes>): Weights {
  const sizes = routes.map(({ route, firstLoadUncompressedJsBytes: size }) => [route, size] as const);
  return { ...noWeights(), routes: new Map(sizes) };
}

function fromWebpack({ assets }: z.output<typeof webpackStats>): Weights {
  const loaded = assets.filter(({ name }) => isLoaded(name));
  return ofChunks(loaded.map(({ name, size }) => ({ name: stableName(name), bytes: size })));
}

function fromAnalyzer(rows: z.output<typeof analyzed>): Weights {
  const loaded = rows.filter(({ label }) => isLoaded(label));
  return ofChunks(
    loaded.map(({ label, parsedSize, gzipSize }) => ({ name: stableName(label), bytes: parsedSize, gzip: gzipSize })),
  );
}

function ofChunks(rows: readonly { name: string; bytes: number; gzip?: number | undefined }[]): Weights {
  const weights = noWeights();
  if (rows.length === 0) return weights;
  for (const { name, bytes: size } of rows) addWeight(weights.chunks, name, size);
  const compressed = rows.flatMap(({ gzip }) => gzip ?? []);
  weights.total = rows.reduce((sum, row) => sum + row.bytes, 0);
  weights.gzip = compressed.length === rows.length ? compressed.reduce((a, b) => a + b, 0) : null;
  return weights;
}
