import { malformed } from '../malformed.ts';
import { addWeight, noWeights, stableName, type Weights } from './weights.ts';

const unitBytes = { B: 1, kB: 1000, MB: 1_000_000 } as const;
const size = /(\d+(?:\.\d+)?) (B|kB|MB)/g;
const routeRow = /^[┌├└] +(?:\S )?(\/\S*)/;
const chunkRow = /^ {2}[├└] +(\S+\.(?:js|css)) /;

/**
 * The sizes that `next build` printed, up to Next.js 15: compressed, rounded. Next.js 16 prints none.
 * @throws KovaError REPORT_MALFORMED when there is no table of routes
 */
export function readNextTable(text: string): Weights {
  const weights = noWeights();
  const lines = text.split('\n');
  if (!lines.some((line) => /^Route \(/.test(line)))
    throw malformed(1, 'no bundle statistics and no output of next build');
  for (const line of lines) {
    const last = [...line.slice(0, 500).matchAll(size)].at(-1);
    if (!last) continue;
    const bytes = Math.round(Number(last[1]) * unitBytes[last[2] as keyof typeof unitBytes]);
    const [route, chunk] = [routeRow.exec(line)?.[1], chunkRow.exec(line)?.[1]];
    if (route) weights.routes.set(route, bytes);
    if (chunk) addWeight(weights.chunks, stableName(chunk), bytes);
  }
  return weights;
}
