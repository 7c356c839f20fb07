import type { Figure } from '../result.ts';
import { type SuiteOptions, suiteOf } from '../suite.ts';
import { coldRollbacks } from './cold-rollback.ts';
import { crashes } from './crash/crashes.ts';
import { detection } from './detection.ts';
import { edgeThroughput } from './edge-throughput.ts';
import { idle } from './idle.ts';
import { rollbacks } from './rollbacks.ts';
import { switches } from './switches.ts';
import { firstUp, up } from './up.ts';

/**
 * The edge beside its peers; then ships, rollbacks and crashes of a real Kova under load. The last parts leave the
 * control plane alone, so that what it holds in the end is what work has left in it.
 */
export async function shipSuite(options: SuiteOptions): Promise<Figure[]> {
  const { quick, say } = options;
  const { figures, part } = suiteOf('ship', options);
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
