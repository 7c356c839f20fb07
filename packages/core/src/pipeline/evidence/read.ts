import { KovaError } from '../../errors/kova-error.ts';
import { readBundle } from './bundle.ts';
import { readCyclonedx } from './cyclonedx.ts';
import type { Evidence, ReportKind } from './evidence.ts';
import { readJunit } from './junit.ts';
import { readLcov } from './lcov.ts';
import { readLighthouse } from './lighthouse.ts';
import { readLoad } from './load.ts';
import { readNpmAudit } from './npm-audit.ts';
import { relativePath } from './relative-path.ts';
import { readSarif } from './sarif.ts';

/** A report of more characters is refused; so whoever reads the file need not load one of 500 MB. */
export const maxReportLength = 32 * 1024 * 1024;

const readers: Readonly<Record<ReportKind, (texts: readonly string[]) => Evidence>> = {
  junit: readJunit,
  lcov: readLcov,
  sarif: readSarif,
  lighthouse: readLighthouse,
  load: readLoad,
  bundle: readBundle,
  cyclonedx: readCyclonedx,
  'npm-audit': readNpmAudit,
};

/**
 * The evidence in a report, or in several of one kind: sums for tests, findings and chunks, the union for coverage and
 * components, medians for Lighthouse. An empty report is a gap, no error. Paths inside of `root`, the absolute directory
 * that the job ran in, become relative to it.
 * @throws KovaError REPORT_MALFORMED with the line and what is wrong there; the caller adds the file.
 */
export function readReport(kind: ReportKind, report: string | readonly string[], root?: string): Evidence {
  const texts = typeof report === 'string' ? [report] : report;
  const tooLong = texts.find((text) => text.length > maxReportLength);
  if (tooLong !== undefined) {
    throw new KovaError('REPORT_MALFORMED', `longer than ${maxReportLength} characters, which is the limit`);
  }
  if (texts.length === 0) return nothing(kind, 'there is no report');
  if (texts.some((text) => text.trim() === '')) return nothing(kind, 'the report is empty');
  const evidence = readers[kind](texts);
  if (root === undefined) return evidence;
  const problems = evidence.problems.map((problem) => ({
    ...problem,
    file: problem.file === null ? null : relativePath(problem.file, root),
  }));
  return { ...evidence, problems };
}

const nothing = (kind: ReportKind, gap: string): Evidence => ({
  kind,
  figures: {},
  problems: [],
  problemCount: 0,
  gap,
});
