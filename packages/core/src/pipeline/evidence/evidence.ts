/** What kinds of report a job can leave. */
export const reportKinds = ['junit', 'lcov', 'sarif', 'lighthouse', 'bundle', 'cyclonedx', 'npm-audit'] as const;

export type ReportKind = (typeof reportKinds)[number];

export interface Problem {
  severity: 'error' | 'warning' | 'note';
  message: string;
  rule: string | null;
  file: string | null;
  line: number | null;
}

/** What a report says, in figures that can be compared and problems that can be shown. */
export interface Evidence {
  kind: ReportKind;
  /** By name, such as `coverage.lines` (percent) or `bundle.total` (bytes). */
  figures: Record<string, number>;
  /** Worst first; at most 100. */
  problems: Problem[];
  /** How many there were in all. */
  problemCount: number;
}
