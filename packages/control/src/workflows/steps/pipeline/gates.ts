import type { ProjectConfig } from '@kova/core/config/schema';
import { judge } from '@kova/core/pipeline/gate/judge';
import { rulesOf } from '@kova/core/pipeline/gate/rule';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { all, type Verdict } from '@kova/core/verdict';
import type { JobContext } from '../../../context.ts';
import type { JobReport } from '../../../ports/job-runner.ts';
import { baselineOf, recordEvidence } from '../../../store/evidence.ts';

/** Records what a job reported and judges it: what its commands came to, and each gate on a report that it makes. */
export async function judgeJob(
  ctx: JobContext,
  run: { id: string; project: string; config: ProjectConfig },
  { name, job }: GraphJob,
  { verdict, evidence }: JobReport,
): Promise<Verdict> {
  await recordEvidence(ctx.db, run.id, name, evidence);
  if (verdict.outcome !== 'pass') return verdict;
  const made = new Set(job.reports.map(({ kind }) => kind));
  const rules = rulesOf(run.config.pipeline.gates).filter(({ report }) => made.has(report));
  if (rules.length === 0) return verdict;
  const baseline = await baselineOf(ctx.db, run.project, name);
  const verdicts = rules.map((rule) => {
    const of = (list: JobReport['evidence']) => list.find(({ kind }) => kind === rule.report) ?? null;
    return judge(rule, of(evidence), of(baseline));
  });
  return all(verdicts);
}
