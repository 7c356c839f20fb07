import { KovaError } from '@kova/core/errors/kova-error';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { isJoin } from '@kova/core/pipeline/join';
import { stateAfter } from '@kova/core/pipeline/state';
import type { Verdict } from '@kova/core/verdict';
import pMap from 'p-map';
import type { Context } from '../../../context.ts';
import type { JobReport } from '../../../ports/job-runner.ts';
import { recordEvidence } from '../../../store/evidence.ts';
import { addJobs, endRecalled, lastDurations } from '../../../store/jobs.ts';
import { requireRun } from '../../../store/runs.ts';
import { requireSecrets } from '../environment-secrets.ts';
import { type Judged, judgeReport } from './gates.ts';
import { graphOf } from './graph.ts';

/** How many results at a time are taken; they may come from another machine. */
const recalledAtOnce = 8;

/** What a job came to in an earlier run, judged as of now. */
interface Recalled {
  name: string;
  key: string;
  report: JobReport;
  verdict: Verdict;
}

/**
 * Evaluates the configuration, records the jobs, and passes those whose result is known already.
 * @returns whether any is left that is to be run
 */
export async function planRun(ctx: Context, id: string, signal: AbortSignal): Promise<boolean> {
  const run = await requireRun(ctx.db, id);
  const { project, commit, jobs, check, scope } = run;
  const config = run.config ?? (await ctx.jobs.configure(project, commit, signal));
  if (config.name !== project) {
    throw new KovaError('CONFIG_INVALID', `kova.config.ts names the project ${config.name}, but ${project} was sent`);
  }
  if (run.push) await requireSecrets(ctx, config);
  const graph = graphOf({ config, jobs, check });
  const secrets = scope === null ? await ctx.vault.digests(project, graph) : new Map<string, string>();
  const keysIn = (place: string | null) => ctx.jobs.keys(project, commit, config, graph, { scope: place, secrets });
  const keys = await keysIn(scope);
  const shared = scope === null ? keys : await keysIn(null);
  const planned = graph.map((spec) => ({ spec, key: keys.get(spec.name) ?? '' }));
  const add = async () => addJobs(ctx.db, id, config, planned, await lastDurations(ctx.db, project, [...keys.keys()]));
  const [recalled] = await Promise.all([recallAll(ctx, { id, project, config, check }, graph, [shared, keys]), add()]);
  if (recalled.length > 0) await recordRecalled(ctx, id, recalled);
  return recalled.length < graph.length;
}

/**
 * A job may be recalled whatever became of its needs: their results are part of its key. Its gates are judged anew,
 * as they are no part of it. What all runs of the project share is taken first; a run with a scope puts nothing there.
 */
async function recallAll(
  ctx: Context,
  run: Judged,
  graph: readonly GraphJob[],
  sources: readonly ReadonlyMap<string, string>[],
): Promise<Recalled[]> {
  const recall = async (spec: GraphJob): Promise<Recalled[]> => {
    const { name, job } = spec;
    if (!job.cache || isJoin(job)) return [];
    for (const key of new Set(sources.map((keys) => keys.get(name) ?? ''))) {
      const report = await ctx.jobs.recall(key, { run: run.id, name });
      if (report) return [{ name, key, report, verdict: await judgeReport(ctx.db, run, spec, report) }];
    }
    return [];
  };
  return (await pMap(graph, recall, { concurrency: recalledAtOnce })).flat();
}

/** All of them at once, which costs what one does. */
async function recordRecalled({ db }: Context, run: string, recalled: readonly Recalled[]): Promise<void> {
  const reports = recalled.map(({ name: job, report: { evidence } }) => ({ job, evidence }));
  const ends = recalled.map(({ name, key, verdict }) => {
    const code = verdict.outcome === 'fail' ? ('JOB_FAILED' as const) : null;
    return { name, key, state: stateAfter(verdict), reason: verdict.reason, code };
  });
  await db.transaction().execute(async (trx) => {
    await recordEvidence(trx, run, reports);
    await endRecalled(trx, run, ends);
  });
}
