import { fail, inconclusive, pass, type Verdict } from '../../verdict.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { figureOf } from '../evidence/figures.ts';
import { renderChange, renderPair } from '../evidence/render.ts';
import type { GrowthRule } from './rule.ts';

/** `bundle +7.1 % (framer-motion chunk +31 kB) > 5 %`: the part that grew most is named. */
export function judgeGrowth(rule: GrowthRule, { figures }: Evidence, baseline: Evidence | null): Verdict {
  const label = figureOf(rule.figure)?.label ?? rule.figure;
  const now = figures[rule.figure];
  if (now === undefined) return inconclusive(`no ${label} in the ${rule.report} report`);
  if (baseline === null) return inconclusive(`${label}: no earlier release to compare with`);
  const before = baseline.figures[rule.figure];
  if (!before) return inconclusive(`${label}: the earlier release has none to compare with`);
  const percent = (now / before - 1) * 100;
  const [shown, limit] = renderPair('percent', percent, rule.maxPercent);
  const change = `${label} ${percent < 0 ? '' : '+'}${shown}`;
  if (percent <= rule.maxPercent) return pass(`${change} ≤ ${limit}`);
  return fail(`${change}${grownMost(rule.parts, figures, baseline.figures)} > ${limit}`);
}

function grownMost(prefix: string, now: Evidence['figures'], before: Evidence['figures']): string {
  const changes = Object.entries(now)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => ({ name, change: value - (before[name] ?? 0) }));
  const most = changes.sort((a, b) => b.change - a.change)[0];
  if (!most || most.change <= 0) return '';
  return ` (${figureOf(most.name)?.label ?? most.name} ${renderChange(most.name, most.change)})`;
}
