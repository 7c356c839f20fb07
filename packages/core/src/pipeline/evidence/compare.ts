import type { Evidence } from './evidence.ts';
import { figureOf, type Unit } from './figures.ts';

/** A figure that differs between two releases. */
export interface Difference {
  figure: string;
  /** Null when that release has no such figure. */
  before: number | null;
  after: number | null;
  /** Null when one of them has no such figure; a chunk or page that is not there weighs nothing. */
  change: number | null;
  effect: 'worse' | 'better' | 'neutral';
}

/** The change of a figure that a person would first care about. */
const notable: Readonly<Record<Unit, number>> = {
  percent: 1,
  score: 0.05,
  ratio: 0.05,
  ms: 100,
  bytes: 10_000,
  count: 1,
};
const order = ['worse', 'better', 'neutral'];

/** The figures in which two evidences of one kind differ: what got worse first, by the weight of the change. */
export function compare(before: Evidence, after: Evidence): Difference[] {
  const names = [...new Set([...Object.keys(before.figures), ...Object.keys(after.figures)])];
  return names
    .map((name) => difference(name, before.figures[name] ?? null, after.figures[name] ?? null))
    .filter((row) => row.before !== row.after)
    .sort((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect) || weight(b) - weight(a) || byName(a, b));
}

function difference(figure: string, before: number | null, after: number | null): Difference {
  const known = figureOf(figure);
  const absent = known?.part ? 0 : null;
  const [from, to] = [before ?? absent, after ?? absent];
  const change = from === null || to === null ? null : to - from;
  const row = { figure, before, after, change };
  if (!change || !known?.better) return { ...row, effect: 'neutral' };
  return { ...row, effect: change > 0 === (known.better === 'higher') ? 'better' : 'worse' };
}

function weight({ figure, change }: Difference): number {
  return change === null ? 0 : Math.abs(change) / notable[figureOf(figure)?.unit ?? 'count'];
}

const byName = (a: Difference, b: Difference) => (a.figure < b.figure ? -1 : 1);
