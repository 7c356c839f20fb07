import { hasCode, KovaError } from '../../errors/kova-error.ts';
import { plain } from './plain.ts';

/** A report that is not what it should be; whoever knows the file names it. */
export function malformed(line: number, what: string): KovaError {
  return new KovaError('REPORT_MALFORMED', `line ${line}: ${plain(what, 300)}`);
}

/** Reads each of several reports; an error says which of them it was. */
export function readEach<T>(texts: readonly string[], read: (text: string) => T): T[] {
  return texts.map((text, index) => {
    try {
      return read(text);
    } catch (error) {
      if (texts.length === 1 || !(error instanceof KovaError) || !hasCode(error, 'REPORT_MALFORMED')) throw error;
      throw new KovaError(error.code, `report ${index + 1} of ${texts.length}, ${error.message}`);
    }
  });
}

/** The gaps of several reports as one, each with its place among them. */
export function joinGaps(gaps: readonly (string | null)[]): string | null {
  const told = gaps.flatMap((gap, index) => {
    if (gap === null) return [];
    return gaps.length === 1 ? [gap] : [`report ${index + 1} of ${gaps.length}: ${gap}`];
  });
  return told[0] ?? null;
}
