import semver from 'semver';
import type { OsvAffected, OsvRange } from './osv-record.ts';

interface Step {
  version: string;
  kind: 'introduced' | 'fixed' | 'last_affected';
}

/** Whether a version is affected: named as such, or inside of a range. Ranges of commits say nothing of versions. */
export function isAffected(version: string, { versions, ranges }: OsvAffected): boolean {
  if (versions.includes(version)) return true;
  return ranges.some((range) => range.type !== 'GIT' && isInside(version, range));
}

function isInside(version: string, range: OsvRange): boolean {
  let inside = false;
  for (const { version: at, kind } of stepsOf(range)) {
    const order = compare(version, at);
    if (kind === 'introduced' && order >= 0) inside = true;
    if (kind === 'last_affected' && order > 0) inside = false;
    if (kind === 'fixed' && order >= 0) inside = false;
  }
  return inside;
}

const rank: Readonly<Record<Step['kind'], number>> = { fixed: 0, introduced: 1, last_affected: 2 };

/** By version; at the same one what is mended comes before what is introduced, and that before its last. */
function stepsOf({ events }: OsvRange): Step[] {
  const steps = events.flatMap((event) => Object.entries(event).map(([kind, version]) => ({ kind, version }) as Step));
  return steps.sort((a, b) => compare(a.version, b.version) || rank[a.kind] - rank[b.kind]);
}

/** `0` is before every version, also before `0.0.0-alpha`. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '0') return -1;
  if (b === '0') return 1;
  return semver.compare(versionOf(a), versionOf(b));
}

const versionOf = (text: string) => semver.parse(text, { loose: true }) ?? semver.coerce(text) ?? '0.0.0';

/** `<0.2.4 || >=1.0.0 <1.2.6`, as npm writes it. */
export function rangeText({ ranges, versions }: OsvAffected): string {
  const spans: string[][] = [];
  for (const { kind, version } of ranges.filter(({ type }) => type !== 'GIT').flatMap(stepsOf)) {
    if (kind === 'introduced') spans.push(version === '0' ? [] : [`>=${version}`]);
    else spans.at(-1)?.push(`${kind === 'fixed' ? '<' : '<='}${version}`);
  }
  return [...spans.map((span) => span.join(' ') || '*'), ...versions].join(' || ') || '*';
}

/** Whether a later version mends it. */
export const isMended = ({ ranges }: OsvAffected): boolean =>
  ranges.some(({ events }) => events.some(({ fixed }) => fixed !== undefined));
