/** What a job can leave as proof, by the format that its tool writes. */
export const reportKinds = [
  'junit',
  'lcov',
  'sarif',
  'lighthouse',
  'load',
  'bundle',
  'cyclonedx',
  'npm-audit',
] as const;
export type ReportKind = (typeof reportKinds)[number];

/** What can be judged: besides what jobs leave, what Kova itself has made. */
export const evidenceKinds = [...reportKinds, 'image'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

export const severities = ['error', 'warning', 'note'] as const;
export type Severity = (typeof severities)[number];

/** One thing that speaks against the commit. */
export interface Problem {
  severity: Severity;
  /** One line, at most 500 characters. */
  message: string;
  /** The tool's name for it: a rule, an advisory, an audit. */
  rule: string | null;
  file: string | null;
  line: number | null;
}

/** What was read from a report; kept with the release for ever. */
export interface Evidence {
  kind: EvidenceKind;
  /**
   * Comparable figures by their name in the catalogue (figures.ts): `coverage.lines` in percent, `bundle.total` in
   * bytes.
   */
  figures: Record<string, number>;
  /** Worst first, at most 100; `problemCount` says how many there were. */
  problems: Problem[];
  problemCount: number;
  /**
   * Why this proves less than it should, such as "the report has no tests"; null when it is whole. Nothing passes on
   * it.
   */
  gap: string | null;
}
