const gaps = /[\p{Cc}\s]+/gu;

/** Text of a report made fit to be kept and printed: one line, no control characters, at most `limit` characters. */
export function plain(text: string, limit: number): string {
  const line = text
    .slice(0, limit * 4)
    .replaceAll(gaps, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
