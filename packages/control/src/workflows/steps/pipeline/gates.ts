import type { EvidenceKind } from '@kova/core/pipeline/evidence/evidence';
import { judge } from '@kova/core/pipeline/gate/judge';
import { loadRules, type Rule, rulesOf } from '@kova/core/pipeline/gate/rule';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { all, type Verdict } from '@kova/core/verdict';
import type { JobContext } from '../../../context.ts';
import type { JobReport } from '../../../ports/job-runner.ts';
import type { Store } from '../../../store/connect.ts';
import { baselineOf, recordEvidence } from '../../../store/evidence.ts';
import type { PlannedRun } from './graph.ts';

/** The run of a job that is judged. */
export type Judged = Pick<PlannedRun, 'id' | 'project' | 'config' | 'check'>;

/** Records what a job reported and judges it: what its commands came to, and each gate on a report that it makes. */
export async function judgeJob({ db }: JobContext, run: Judged, job: GraphJob, report: JobReport): Promise<Verdict> {
  await recordEvidence(db, run.id, [{ job: job.name, evidence: report.evidence }]);
  return judgeReport(db, run, job, report);
}

/** As `judgeJob`; records nothing. */
export async function judgeReport(
  db: Store,
  run: Judged,
  { name, job, kind }: GraphJob,
  { verdict, evidence }: JobReport,
): Promise<Verdict> {
  if (verdict.outcome !== 'pass') return verdict;
  const made = new Set<EvidenceKind>(kind === 'image' ? ['image'] : job.reports.map((report) => report.kind));
  const rules = rulesFor(run).filter(({ report }) => made.has(report));
  if (rules.length === 0) return verdict;
  const grows = rules.some(({ check }) => check === 'growth');
  const baseline = grows ? await baselineOf(db, run.project, name) : [];
  const verdicts = rules.map((rule) => {
    const of = (list: JobReport['evidence']) => list.find(({ kind }) => kind === rule.report) ?? null;
    return judge(rule, of(evidence), of(baseline));
  });
  return all(verdicts);
}

/** The project's gates, and what the environment that is checked asks for. */
function rulesFor({ config, check }: Judged): Rule[] {
  const environment = check && config.environments[check.environment];
  return [...rulesOf(config.pipeline.gates), ...(environment ? loadRules(environment.load) : [])];
}
