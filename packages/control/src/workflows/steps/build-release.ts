import type { ErrorCode } from '@kova/core/errors/codes';
import { KovaError } from '@kova/core/errors/kova-error';
import { buildJobs } from '@kova/core/pipeline/standard';
import type { Context } from '../../context.ts';
import { imageOf } from '../../store/images.ts';
import { jobsOf } from '../../store/jobs.ts';
import { recordRelease } from '../../store/releases.ts';
import { shipAbort } from '../../store/ships.ts';
import { requirePlanned } from './pipeline/graph.ts';

/** Packs what a run has built and records it as the release of the commit, with the run as its evidence. */
export async function buildRelease(
  ctx: Context,
  { run, project, commit, signal }: { run: string; project: string; commit: string; signal: AbortSignal },
): Promise<string> {
  const { config } = await requirePlanned(ctx, run);
  const building = new Set(Object.keys(buildJobs(config)));
  const jobs = await jobsOf(ctx.db, run);
  const needs = jobs.filter(({ name }) => building.has(name)).map(({ key }) => key);
  const built = await ctx.jobs.release({ project, commit, config, needs, signal });
  return recordRelease(ctx.db, project, built, { run, image: await imageOf(ctx.db, run) });
}

/** How the failure of a job that builds is called. */
const buildCodes: Partial<Record<ErrorCode, ErrorCode>> = { JOB_FAILED: 'BUILD_FAILED', JOB_TIMEOUT: 'BUILD_TIMEOUT' };

/** @throws KovaError why there is no release: CANCELLED, BUILD_FAILED, BUILD_TIMEOUT, PIPELINE_FAILED, or the job's own */
export async function refuseUnproved(ctx: Context, ship: string, run: string): Promise<never> {
  const abort = await shipAbort(ctx.db, ship);
  if (abort) throw new KovaError('CANCELLED', abort.reason);
  const { config, reason } = await requirePlanned(ctx, run);
  const failed = (await jobsOf(ctx.db, run)).find(({ state }) => state === 'failed');
  if (!failed) throw new KovaError('PIPELINE_FAILED', reason);
  const code = failed.code ?? 'JOB_FAILED';
  if (failed.name in buildJobs(config)) throw new KovaError(buildCodes[code] ?? code, failed.reason);
  const next = `See all of it with \`kova pipeline show ${run} --job ${failed.name} --log\`.`;
  throw new KovaError(code in buildCodes ? 'PIPELINE_FAILED' : code, `${failed.name}: ${failed.reason}`, { next });
}
