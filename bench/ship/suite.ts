import { TestKova } from '../../e2e/testing/kova.ts';
import type { Figure } from '../result.ts';
import { crashes } from './crashes.ts';
import { detection } from './detection.ts';
import { edgeThroughput } from './edge-throughput.ts';
import { idle } from './idle.ts';
import { rollbacks } from './rollbacks.ts';
import { peerSwitches, switches } from './switches.ts';

interface Options {
  quick: boolean;
  say: (line: string) => void;
}

/** Ships, switches, rollbacks and crashes of a real Kova under load, and the edge beside its peers. */
export async function shipSuite({ quick, say }: Options): Promise<Figure[]> {
  const figures: Figure[] = [];
  const part = async (name: string, work: () => Promise<Figure[]>) => {
    say(`${name} …`);
    figures.push(...(await work()));
  };
  const kova = await TestKova.start();
  try {
    await part('rollback', () => rollbacks(kova, quick ? 2 : 5));
    await part('detection', () => detection(kova, quick ? 1 : 3));
    await part('crashes', () => crashes(kova, quick ? 2 : 12));
    await part('idle', () => idle(kova));
  } finally {
    await kova.close();
  }
  await part('switches', () => switches(quick ? 10 : 50));
  await part('switches of peers', () => peerSwitches(quick ? 10 : 50));
  await part('edge throughput', () => edgeThroughput(quick ? 4 : 10));
  return figures;
}
