import { type Figure, failed } from '../result.ts';
import { coldRollbacks } from './cold-rollback.ts';
import { crashes } from './crash/crashes.ts';
import { detection } from './detection.ts';
import { edgeThroughput } from './edge-throughput.ts';
import { idle } from './idle.ts';
import { rollbacks } from './rollbacks.ts';
import { switches } from './switches.ts';
import { firstUp, up } from './up.ts';

interface Options {
  quick: boolean;
  say: (line: string) => void;
}

/**
 * The edge beside its peers; then ships, rollbacks and crashes of a real Kova under load. The last parts leave the
 * control plane alone, so that what it holds in the end is what work has left in it.
 */
export async function shipSuite({ quick, say }: Options): Promise<Figure[]> {
  const figures: Figure[] = [];
  const began = performance.now();
  const part = async (name: string, work: () => Promise<Figure[]>) => {
    say(`${Math.round((performance.now() - began) / 1000)} s: ${name} …`);
    const done = await work().catch((error: Error) => [failed(`ship.${name}`, error.message)]);
    for (const { id, value, unit } of done) say(`  ${id} ${value ?? 'failed'} ${unit}`);
    figures.push(...done);
  };
  await part('switches', () => switches(quick ? 10 : 50, say));
  await part('edge throughput', () => edgeThroughput(quick ? 4 : 10));
  const { kova, first } = await firstUp();
  figures.push(first);
  try {
    await part('crashes', () => crashes(kova, { named: quick ? 3 : 100, random: quick ? 8 : 100, say }));
    await part('up', () => up(kova, quick ? 1 : 3));
    await part('warm rollback', () => rollbacks(kova, quick ? 1 : 5));
    await part('cold rollback', () => coldRollbacks(kova, quick ? 1 : 4));
    await part('detection', () => detection(kova, quick ? 1 : 3));
    await part('idle', () => idle(kova));
  } finally {
    await kova.close();
  }
  return figures;
}
