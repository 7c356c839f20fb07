const firstLines = 8;
const lastLines = 12;

/**
 * Of long output the lines from the first error on and the last ones: tools tell the cause first, and what they did
 * about it last.
 */
export function tellingLines(lines: readonly string[]): readonly string[] {
  if (lines.length <= firstLines + lastLines) return lines;
  const from = lines.findIndex((line) => /\berr(or)?\b/i.test(line));
  const first = from < 0 ? [] : lines.slice(from, Math.min(from + firstLines, lines.length - lastLines));
  return [...first, ...(first.length > 0 ? ['…'] : []), ...lines.slice(-lastLines)];
}
