import { readWeightsJson } from './bundle/json-formats.ts';
import { readNextTable } from './bundle/next-table.ts';
import { addWeight, noWeights, type Weights } from './bundle/weights.ts';
import type { Evidence } from './evidence.ts';
import { joinGaps, readEach } from './malformed.ts';

/** What the build sends to browsers: bundle statistics as JSON, or what `next build` printed. */
export function readBundle(texts: readonly string[]): Evidence {
  const reports = readEach(texts, (text) =>
    /^\uFEFF?\s*[[{]/.test(text) ? readWeightsJson(text) : readNextTable(text),
  );
  return {
    kind: 'bundle',
    figures: figuresOf(reports.reduce(together, noWeights())),
    problems: [],
    problemCount: 0,
    gap: joinGaps(reports.map(gapOf)),
  };
}

/** Chunks add up; a page that several reports tell of weighs what the heaviest says. */
function together(sum: Weights, one: Weights): Weights {
  for (const [name, bytes] of one.chunks) addWeight(sum.chunks, name, bytes);
  for (const [route, bytes] of one.routes) sum.routes.set(route, Math.max(bytes, sum.routes.get(route) ?? 0));
  return { ...sum, total: plus(sum.total, one.total), gzip: plus(sum.gzip, one.gzip) };
}

const plus = (a: number | null, b: number | null) => (a === null ? b : a + (b ?? 0));

function figuresOf({ total, gzip, chunks, routes }: Weights): Record<string, number> {
  const figures: Record<string, number> = {};
  if (total !== null) figures['bundle.total'] = total;
  if (gzip !== null) figures['bundle.gzip'] = gzip;
  for (const [name, bytes] of chunks) figures[`bundle.chunk.${name}`] = bytes;
  for (const [route, bytes] of routes) figures[`bundle.route.${route}`] = bytes;
  if (routes.size > 0) figures['bundle.first-load'] = [...routes.values()].reduce((a, b) => Math.max(a, b));
  return figures;
}

function gapOf({ total, routes, chunks }: Weights): string | null {
  if (total !== null || routes.size > 0 || chunks.size > 0) return null;
  return 'the report tells no sizes; Next.js 16 prints none, so give bundle statistics';
}
