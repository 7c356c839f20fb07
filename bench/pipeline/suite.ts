import { TestKova } from '../../e2e/testing/kova.ts';
import type { Figure } from '../result.ts';
import { type SuiteOptions, suiteOf } from '../suite.ts';
import { logs } from './logs.ts';

/** Pipelines of a real Kova beside the bare commands, the best schedule, and a peer. */
export async function pipelineSuite(options: SuiteOptions): Promise<Figure[]> {
  const { quick } = options;
  const { figures, part } = suiteOf('pipeline', options);
  const kova = await TestKova.start();
  try {
    await part('logs', () => logs(kova, quick ? 20 : 100));
  } finally {
    await kova.close();
  }
  return figures;
}
