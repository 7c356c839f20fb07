import type { Evidence } from '@kova/core/pipeline/evidence/evidence';
import type { Kysely } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

/** Records what a job reported. Idempotent: what it reported last counts. */
export async function recordEvidence(
  db: Kysely<Schema>,
  run: string,
  job: string,
  all: readonly Evidence[],
): Promise<void> {
  for (const { kind, figures, problems, problemCount, gap } of all) {
    const said = {
      figures: JSON.stringify(figures),
      problems: JSON.stringify(problems),
      problem_count: problemCount,
      gap,
    };
    await db
      .insertInto('evidence')
      .values({ run, job, kind, ...said })
      .onConflict((on) => on.columns(['run', 'job', 'kind']).doUpdateSet(said))
      .execute();
  }
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
