/** What kinds of report a job can leave. */
export const reportKinds = ['junit', 'lcov', 'sarif', 'lighthouse', 'bundle', 'cyclonedx', 'npm-audit'] as const;
export type ReportKind = (typeof reportKinds)[number];
