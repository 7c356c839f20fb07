import type { LogLine } from '../../ports/runtime.ts';

/** `its last lines:` and the lines, or that there are none. */
export function lastLinesInWords(lines: readonly LogLine[]): string {
  if (lines.length === 0) return 'it wrote nothing';
  return `its last lines:\n${lines.map(({ text }) => `  ${text}`).join('\n')}`;
}
