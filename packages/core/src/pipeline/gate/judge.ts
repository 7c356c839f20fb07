import { fail, inconclusive, pass, type Verdict } from '../../verdict.ts';
import type { Evidence, Problem } from '../evidence/evidence.ts';
import { type Figure, figureOf } from '../evidence/figures.ts';
import { plain } from '../evidence/plain.ts';
import { renderPair } from '../evidence/render.ts';
import { judgeGrowth } from './growth.ts';
import type { CountRule, LimitRule, Rule } from './rule.ts';

const named = 3;

/**
 * What a gate's rule says of a report's evidence; `baseline` is that of the release before. What is broken fails even
 * if the report has gaps; but nothing passes on a report that has one.
 */
export function judge(rule: Rule, evidence: Evidence | null, baseline: Evidence | null): Verdict {
  if (evidence === null) return inconclusive(`no ${rule.report} report`);
  const verdict = judgeFigures(rule, evidence, baseline);
  if (verdict.outcome === 'fail' || evidence.gap === null) return verdict;
  return inconclusive(evidence.gap);
}

function judgeFigures(rule: Rule, evidence: Evidence, baseline: Evidence | null): Verdict {
  switch (rule.check) {
    case 'limit':
      return judgeLimit(rule, evidence);
    case 'count':
      return judgeCount(rule, evidence);
    case 'growth':
      return judgeGrowth(rule, evidence, baseline);
  }
}

function judgeLimit({ figure: name, limit, report }: LimitRule, { figures }: Evidence): Verdict {
  const figure = figureOf(name);
  const value = figures[name];
  if (!figure || value === undefined) return inconclusive(`no ${figure?.label ?? name} in the ${report} report`);
  const [shown, limitShown] = renderPair(figure.unit, value, limit);
  const low = isFloor(figure);
  const broken = low ? value < limit : value > limit;
  const sign = broken ? (low ? '<' : '>') : low ? '≥' : '≤';
  const reason = `${figure.label} ${shown} ${sign} ${limitShown}${runsOf(figures, report)}`;
  return broken ? fail(reason) : pass(reason);
}

/** The number of tests is neither good nor bad, but a limit to it is a least number. */
const isFloor = ({ better }: Figure) => better !== 'lower';

function runsOf(figures: Evidence['figures'], report: string): string {
  const runs = figures[`${report}.runs`] ?? 1;
  return runs > 1 ? ` (median of ${runs})` : '';
}

function judgeCount(rule: CountRule, evidence: Evidence): Verdict {
  const values = rule.figures.map((name) => evidence.figures[name]);
  const count = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const [one, more] = rule.nouns;
  const shown = `${count === 0 ? 'no' : count} ${count === 1 ? one : more}`;
  const allowed = rule.max > 0 ? `, ${rule.max} allowed` : '';
  if (count > rule.max) return fail(`${shown}${allowed}: ${names(evidence, count)}`);
  const missing = rule.figures.find((_, index) => values[index] === undefined);
  if (missing) return inconclusive(`no ${figureOf(missing)?.label ?? missing} in the ${rule.report} report`);
  return pass(`${shown}${allowed}`);
}

/** The problems are worst first, so the ones that count come first. */
function names({ problems, kind }: Evidence, count: number): string {
  const first = problems.slice(0, Math.min(count, named)).map((problem) => nameOf(problem, kind));
  const rest = count - first.length;
  if (first.length === 0) return 'the report does not name them';
  return `${first.join(', ')}${rest > 0 ? `, … ${rest} more` : ''}`;
}

function nameOf({ message, rule, file, line }: Problem, kind: Evidence['kind']): string {
  if (kind === 'npm-audit') return `${packageOf(file ?? message)} (${rule ?? 'no advisory'})`;
  const place = file === null ? '' : ` (${file}${line === null ? '' : `:${line}`})`;
  return `${kind === 'sarif' && rule !== null ? rule : plain(message, 80)}${place}`;
}

/** `node_modules/a/node_modules/@b/c` holds the package `@b/c`. */
const packageOf = (path: string) => path.split('node_modules/').at(-1) || path;
