import { createHash } from 'node:crypto';
import type { Finding } from './finding.ts';

/**
 * Fingerprints that stay when lines move: of the rule, the file and what stands on the line; findings that are alike are
 * numbered.
 * @param lineOf the text of a line of a file, both as the finding names them
 */
export function fingerprints(findings: readonly Finding[], lineOf: (file: string, line: number) => string): string[] {
  const seen = new Map<string, number>();
  return findings.map(({ rule, file, region, identity, message }) => {
    const own = identity ?? (file && region ? lineOf(file, region.startLine).replace(/\s+/g, '') : message);
    const hash = createHash('sha256')
      .update(JSON.stringify([rule, file, own]))
      .digest('hex')
      .slice(0, 16);
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return `${hash}:${count}`;
  });
}
