import type { Evidence } from './evidence.ts';
import { addTracefile, type Covered } from './lcov-records.ts';
import { readEach } from './malformed.ts';
import { ProblemList } from './problem-list.ts';

const parts = ['lines', 'branches', 'functions'] as const;

/** The coverage over all reports: a line that ran in one of them counts as covered. */
export function readLcov(texts: readonly string[]): Evidence {
  const files = new Map<string, Covered>();
  readEach(texts, (text) => addTracefile(text, files));
  const figures: Record<string, number> = {};
  for (const part of parts) {
    const share = shareOf([...files.values()].map((file) => file[part]));
    if (share !== null) figures[`coverage.${part}`] = share;
  }
  const gap = figures['coverage.lines'] === undefined ? 'the report covers no line' : null;
  return { kind: 'lcov', figures, ...uncovered(files), gap };
}

/** In percent; null when there is nothing to cover. */
function shareOf(maps: readonly ReadonlyMap<unknown, boolean>[]): number | null {
  let [covered, total] = [0, 0];
  for (const map of maps) {
    total += map.size;
    for (const ran of map.values()) if (ran) covered += 1;
  }
  return total === 0 ? null : (covered / total) * 100;
}

/** The files with the most lines that never ran first. */
function uncovered(files: ReadonlyMap<string, Covered>): ReturnType<ProblemList['result']> {
  const problems = new ProblemList();
  const rows = [...files].map(([file, { lines }]) => {
    const missed = [...lines].flatMap(([line, ran]) => (ran ? [] : [line]));
    return { file, total: lines.size, missed: missed.length, first: missed.reduce((a, b) => Math.min(a, b), Infinity) };
  });
  rows.sort((a, b) => b.missed - a.missed || (a.file < b.file ? -1 : 1));
  for (const { file, total, missed, first } of rows) {
    if (missed === 0) continue;
    const message = `${total - missed} of ${total} lines covered`;
    problems.add('note', () => ({ message, rule: null, file, line: first }));
  }
  return problems.result();
}
