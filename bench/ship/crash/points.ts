import { isGone } from '@kova/control/testing/is-gone';
import type { TestKova } from '../../../e2e/testing/kova.ts';
import type { Deed, Deeds } from './deeds.ts';

interface Point {
  deed: Deed;
  /** `<step>:before`, `<step>:after`, or another that the source names. */
  at: string;
}

const after = (deed: Deed, steps: readonly string[]): Point[] => steps.map((step) => ({ deed, at: `${step}:after` }));
const walk = ['begin', 'prepare', 'migrate', 'start', 'verify', 'shift.100', 'shift.done', 'settle'];
const proving = ['ship.run', 'pipeline.plan', 'pipeline.judge', 'ship.release'];
const shipping = ['ship.read', ...proving, 'ship.queue', 'ship.result', 'ship.done'];
const reverting = ['decide', 'target', 'swap', 'hold', 'stop'].map((step) => `revert.${step}`);

/** The named instants; deeds take turns, so that there is always something to roll back to. */
export const points: readonly Point[] = inTurns([
  [
    ...after('deploy', [...walk, ...shipping]),
    { deed: 'deploy', at: 'shift.100:before' },
    { deed: 'deploy', at: 'ship:recorded' },
  ],
  [...after('rollback', walk), { deed: 'rollback', at: 'deployment:recorded' }],
  [...after('revert', reverting), { deed: 'revert', at: 'revert.swap:before' }],
]);

/** Kills the control plane at the point of the deed and starts it again. @returns what is wrong afterwards */
export async function crashAt(kova: TestKova, deeds: Deeds, { deed, at }: Point): Promise<string | null> {
  kova.killControl();
  await kova.up({ KOVA_CRASH_AT: at });
  const { pid } = kova.control;
  const outcome = deeds.carryOut(deed, `${deed} at ${at}`);
  const reached = await kova
    .until(
      async () => isGone(pid),
      (gone) => gone,
    )
    .catch(() => false);
  await kova.up();
  const wrong = await outcome;
  return reached ? wrong : `the point ${at} was not reached`;
}

function inTurns(lists: readonly Point[][]): Point[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat();
}
