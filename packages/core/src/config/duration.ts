const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `250ms`, `10s`, `5m`, `2h` or `30d`; null when it is none of these. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (!match) return null;
  return Math.round(Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]);
}

/** `250 ms`, `10 s`, `5 min 30 s`: a duration for people. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  if (Math.round(ms / 100) < 600) return `${trimmed(ms / 1000)} s`;
  const whole = Math.round(ms / 1000) * 1000;
  if (whole < 3_600_000) return twoUnits(whole, 60_000, 'min', 1000, 's');
  if (whole < 86_400_000) return twoUnits(whole, 3_600_000, 'h', 60_000, 'min');
  return twoUnits(whole, 86_400_000, 'd', 3_600_000, 'h');
}

function twoUnits(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % big) / small);
  return `${Math.floor(ms / big)} ${bigName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}

function trimmed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
