import { TestKova } from '../../e2e/testing/kova.ts';
import type { Figure } from '../result.ts';
import { type SuiteOptions, suiteOf } from '../suite.ts';
import { cached } from './cached.ts';
import { oneChanged } from './changed.ts';
import { cold } from './cold.ts';
import { logs } from './logs.ts';
import { scheduling } from './scheduling.ts';
import { Shop } from './shop.ts';
import { workers } from './workers.ts';

/** Pipelines of a real Kova beside the bare commands, the best schedule, and a peer. */
export async function pipelineSuite(options: SuiteOptions): Promise<Figure[]> {
  const { quick, say } = options;
  const { figures, part } = suiteOf('pipeline', options);
  const kova = await TestKova.start();
  try {
    await part('scheduling', () => scheduling(kova, quick ? 100 : 1000));
    await part('logs', () => logs(kova, quick ? 20 : 100));
    await part('workers', () => workers(kova, quick ? 20 : 200));
    const shop = await Shop.of(kova);
    await part('cold', () => cold(shop, quick ? 1 : 2, say));
    await part('cached', () => cached(shop, quick ? 3 : 7));
    await part('changed', () => oneChanged(shop));
  } finally {
    await kova.close();
  }
  return figures;
}
