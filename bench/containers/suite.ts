import type { Figure } from '../result.ts';
import { type SuiteOptions, suiteOf } from '../suite.ts';
import { besideSwarm } from './beside-swarm.ts';
import { deploy } from './deploy.ts';
import { image } from './image.ts';
import { deploysInLosses } from './swarm/deploys-in-losses.ts';
import { swarm } from './swarm/part.ts';

/** Images and containers of real engines, each part with one of its own. */
export async function containersSuite(options: SuiteOptions): Promise<Figure[]> {
  const { figures, part } = suiteOf('containers', options);
  await part('image', image);
  await part('deploy', () => deploy(options.quick ? 1 : 5));
  await part('beside-swarm', () => besideSwarm(options.quick ? 1 : 3));
  await part('swarm', () => swarm(options.quick));
  await part('losses', () => deploysInLosses(options.quick ? 4 : 20));
  return figures;
}
