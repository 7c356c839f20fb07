import type { Evidence } from './evidence.ts';
import { type Outcome, problemOf } from './junit-case.ts';
import { walkJunit } from './junit-cases.ts';
import { joinGaps, readEach } from './malformed.ts';
import { ProblemList } from './problem-list.ts';

/** The sums over JUnit reports, as Vitest, Playwright, node:test and most others write them. */
export function readJunit(texts: readonly string[]): Evidence {
  const problems = new ProblemList();
  const totals = { passed: 0, failed: 0, skipped: 0, flaky: 0, ms: 0 };
  const gaps = readEach(texts, (text) => {
    const one = readOne(text, problems);
    for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += one[key];
    return gapOf(one);
  });
  const { failed, skipped, flaky, ms } = totals;
  const passed = totals.passed + flaky;
  return {
    kind: 'junit',
    figures: {
      'tests.total': passed + failed + skipped,
      'tests.passed': passed,
      'tests.failed': failed,
      'tests.skipped': skipped,
      'tests.flaky': flaky,
      'tests.duration': Math.round(ms),
    },
    ...problems.result(),
    gap: joinGaps(gaps),
  };
}

type Counts = Record<Outcome, number> & { ms: number };

function readOne(text: string, problems: ProblemList): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0, flaky: 0, ms: 0 };
  const declared = walkJunit(text, (test) => {
    counts[test.outcome] += 1;
    counts.ms += test.ms;
    if (test.outcome === 'failed') problems.add('error', () => problemOf(test));
    if (test.outcome === 'flaky') problems.add('warning', () => problemOf(test));
  });
  if (declared > counts.failed) {
    const message = `the report counts ${declared} failures and names ${counts.failed}`;
    problems.add('error', () => ({ message, rule: null, file: null, line: null }));
    counts.failed = declared;
  }
  return counts;
}

function gapOf({ passed, failed, skipped, flaky }: Counts): string | null {
  if (passed + failed + flaky > 0) return null;
  return skipped === 0 ? 'the report has no tests' : `all ${skipped} tests were skipped`;
}
