import type { Place } from '../check.ts';
import type { Finding, Rule, Tool } from './finding.ts';
import type { SarifRun } from './sarif.ts';

/** What one part of the check found. */
export interface Checked {
  findings: readonly Finding[];
  rules: readonly Rule[];
  /** What was passed over although the part was checked, such as a file too large to read. */
  passedOver: readonly string[];
  /** Words for people, such as "214 files". */
  told: string;
}

/** One part of the security check, done by one tool. */
export interface Part {
  name: string;
  tool: Tool;
  /**
   * @param files the source files, as seen from the app
   * @returns null when there is nothing here for it; SARIF as it is from a tool that writes it
   * @throws when it could not be checked
   */
  check: (place: Place, files: readonly string[]) => Promise<Checked | SarifRun[] | null>;
}
