import type { Evidence } from './evidence.ts';
import { joinGaps, readEach } from './malformed.ts';
import { ProblemList } from './problem-list.ts';
import { readSarifRuns, type SarifRun } from './sarif/log.ts';
import { isSuppressed, problemOf, rulesOf, severityOf } from './sarif/result.ts';

/** The findings of all runs of SARIF 2.1.0 documents; a tool that did not finish is a gap. */
export function readSarif(texts: readonly string[]): Evidence {
  const problems = new ProblemList();
  const counts = { error: 0, warning: 0, note: 0, suppressed: 0 };
  const gaps = readEach(texts, (text) => {
    const runs = readSarifRuns(text);
    for (const run of runs) addRun(run, counts, problems);
    return gapOf(runs);
  });
  return {
    kind: 'sarif',
    figures: {
      'security.errors': counts.error,
      'security.warnings': counts.warning,
      'security.notes': counts.note,
      'security.suppressed': counts.suppressed,
    },
    ...problems.result(),
    gap: joinGaps(gaps),
  };
}

type Counts = Record<'error' | 'warning' | 'note' | 'suppressed', number>;

function addRun(run: SarifRun, counts: Counts, problems: ProblemList): void {
  const ruleOf = rulesOf(run);
  for (const result of run.results ?? []) {
    const rule = ruleOf(result);
    const severity = severityOf(result, rule);
    if (severity === null) continue;
    if (isSuppressed(result)) {
      counts.suppressed += 1;
      continue;
    }
    counts[severity] += 1;
    problems.add(severity, () => problemOf(result, rule, run));
  }
}

/** `results` is null or left out when a tool failed before it could look (3.14.23). */
function gapOf(runs: readonly SarifRun[]): string | null {
  if (runs.length === 0) return 'the report holds no run of a tool';
  const unfinished = runs.find(
    ({ results, invocations = [] }) =>
      !results || invocations.some(({ executionSuccessful }) => executionSuccessful === false),
  );
  return unfinished ? `${unfinished.tool.driver.name} did not finish` : null;
}
