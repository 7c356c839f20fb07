import { medianOf } from '../../median.ts';
import type { Evidence } from './evidence.ts';
import { figureOf } from './figures.ts';
import { type LighthouseRun, readRun } from './lighthouse-report.ts';
import { joinGaps, readEach } from './malformed.ts';
import { ProblemList } from './problem-list.ts';

/**
 * The median of each figure over the runs of a page: one run tells more of the machine than of the page. Of several
 * pages the worst median counts.
 */
export function readLighthouse(texts: readonly string[]): Evidence {
  const runs = readEach(texts, readRun);
  const pages = [...Map.groupBy(runs, ({ page }) => page).values()];
  const figures = worstOf(pages.map(mediansOf));
  figures['lighthouse.runs'] = Math.min(...pages.map((page) => page.length));
  return { kind: 'lighthouse', figures, ...problemsOf(pages), gap: joinGaps(runs.map(({ gap }) => gap)) };
}

function mediansOf(runs: readonly LighthouseRun[]): Record<string, number> {
  const names = new Set(runs.flatMap((run) => Object.keys(run.figures)));
  const medians: Record<string, number> = {};
  for (const name of names) {
    const median = medianOf(runs.flatMap((run) => run.figures[name] ?? []));
    if (median !== null) medians[name] = median;
  }
  return medians;
}

function worstOf(pages: readonly Record<string, number>[]): Record<string, number> {
  const worst: Record<string, number> = {};
  for (const page of pages) {
    for (const [name, value] of Object.entries(page)) {
      const choose = figureOf(name)?.better === 'higher' ? Math.min : Math.max;
      worst[name] = choose(worst[name] ?? value, value);
    }
  }
  return worst;
}

/** Of each page those of the run in the middle, which the scores come from or are next to. */
function problemsOf(pages: readonly LighthouseRun[][]): ReturnType<ProblemList['result']> {
  const problems = new ProblemList();
  for (const runs of pages) {
    const performance = (run: LighthouseRun) => run.figures['lighthouse.performance'] ?? 0;
    const ordered = [...runs].sort((a, b) => performance(a) - performance(b));
    const middle = ordered[Math.floor((ordered.length - 1) / 2)];
    for (const { id, audit } of middle?.weak ?? []) {
      const value = audit.displayValue ? ` (${audit.displayValue})` : '';
      const message = `${middle?.page}: ${audit.title}${value}`;
      problems.add((audit.score ?? 0) < 0.5 ? 'error' : 'warning', () => ({
        message,
        rule: id,
        file: null,
        line: null,
      }));
    }
  }
  return problems.result();
}
