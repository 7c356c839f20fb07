import type { Evidence } from '@kova/core/pipeline/evidence/evidence';
import { type Kysely, sql } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

/** What a job has reported. */
export interface Reported {
  job: string;
  evidence: readonly Evidence[];
}

/** Records what jobs of a run have reported. Idempotent: what a job reported last counts. */
export async function recordEvidence(db: Kysely<Schema>, run: string, reports: readonly Reported[]): Promise<void> {
  const rows = reports.flatMap(({ job, evidence }) => {
    const last = new Map(evidence.map((each) => [each.kind, each]));
    return [...last.values()].map((each) => ({ job, ...each }));
  });
  if (rows.length === 0) return;
  await sql`
    insert into evidence (run, job, kind, figures, problems, problem_count, gap)
    select ${run}, job, kind, figures, problems, "problemCount", gap from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as reported (job text, kind text, figures jsonb, problems jsonb, "problemCount" integer, gap text)
    on conflict (run, job, kind) do update set figures = excluded.figures, problems = excluded.problems,
      problem_count = excluded.problem_count, gap = excluded.gap`.execute(db);
}

/** What the jobs of a run reported, by job. */
export async function evidenceOf(db: Store, run: string): Promise<Map<string, Evidence[]>> {
  const rows = await db.selectFrom('evidence').selectAll().where('run', '=', run).orderBy('kind').execute();
  const byJob = new Map<string, Evidence[]>();
  for (const { job, kind, figures, problems, problem_count: problemCount, gap } of rows) {
    byJob.set(job, [...(byJob.get(job) ?? []), { kind, figures, problems, problemCount, gap }]);
  }
  return byJob;
}

/** What the same job reported for the release that was built last. */
export async function baselineOf(db: Store, project: string, job: string): Promise<Evidence[]> {
  const newest = await db
    .selectFrom('releases')
    .select('run')
    .where('project', '=', project)
    .where('run', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.run ? ((await evidenceOf(db, newest.run)).get(job) ?? []) : [];
}
