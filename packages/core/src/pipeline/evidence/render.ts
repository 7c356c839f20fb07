import { formatDuration } from '../../config/duration.ts';
import { figureOf, type Unit } from './figures.ts';

/** `78.2 %`, `31 kB`, `1.2 s`, `0.84`: a figure with its unit, for people. */
export function renderFigure(name: string, value: number): string {
  return render(figureOf(name)?.unit ?? 'count', value);
}

/** `+31 kB`, `-2.1 %`: the same with its sign, for the change of a figure. */
export function renderChange(name: string, change: number): string {
  const size = renderFigure(name, Math.abs(change));
  return `${change < 0 ? '-' : '+'}${size}`;
}

/** Both values, with as many digits as it takes to tell them apart: `79.96 %` and `80 %`, never `80 %` and `80 %`. */
export function renderPair(unit: Unit, a: number, b: number): [string, string] {
  for (let more = 0; more < 12; more += 1) {
    const pair: [string, string] = [render(unit, a, more), render(unit, b, more)];
    if (pair[0] !== pair[1] || a === b) return pair;
  }
  return [String(a), String(b)];
}

/** `more` digits than a person needs. */
function render(unit: Unit, value: number, more = 0): string {
  switch (unit) {
    case 'percent':
      return `${rounded(value, 1 + more)} %`;
    case 'score':
      return value.toFixed(2 + more);
    case 'ratio':
      return rounded(value, 3 + more);
    case 'count':
      return rounded(value, more);
    case 'ms':
      return more === 0 ? formatDuration(value) : `${rounded(value, more)} ms`;
    case 'bytes':
      return bytes(value, 1 + more);
  }
}

function bytes(value: number, digits: number): string {
  const power = Math.min(3, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${rounded(value / 1000 ** power, power === 0 ? 0 : digits)} ${['B', 'kB', 'MB', 'GB'][power]}`;
}

function rounded(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
