import { formatDuration } from '@kova/core/config/duration';
import type { ImageConfig } from '@kova/core/config/image';
import type { ProjectConfig } from '@kova/core/config/schema';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import { imageEvidence } from '@kova/core/pipeline/evidence/image';
import { imageName, imageTags } from '@kova/core/pipeline/image-tags';
import { inconclusive, pass, type Verdict } from '@kova/core/verdict';
import type { JobContext } from '../../../context.ts';
import type { BuiltImage, ImageWork, PushRequest } from '../../../ports/images.ts';
import { recordImage } from '../../../store/images.ts';
import { neededKeys, type TakenJob } from '../../../store/job-queue.ts';
import { jobsOf } from '../../../store/jobs.ts';
import { newestConfig } from '../../../store/releases.ts';
import { judgeJob } from './gates.ts';
import type { PlannedRun } from './graph.ts';

/** What the image of a run is made by. */
interface Wish {
  run: PlannedRun;
  taken: TakenJob;
  image: ImageConfig;
  signal: AbortSignal;
}

/** Makes the image of what a run has built, judges it, and pushes it if it is to be pushed. @throws KovaError */
export async function makeImage(
  ctx: JobContext,
  run: PlannedRun,
  taken: TakenJob,
  signal: AbortSignal,
): Promise<Verdict> {
  const failed = (await jobsOf(ctx.db, run.id)).find(({ state }) => state === 'failed' || state === 'cancelled');
  if (failed) return inconclusive(`no image is made of what did not pass: ${failed.name} ${failed.state}`);
  const image = await settings(ctx, run);
  if (!image)
    return inconclusive(`no release of ${run.project} has an image yet, whose settings ${run.scope} would take`);
  const late = AbortSignal.timeout(taken.spec.job.timeout);
  const wish = { run, taken, image, signal: AbortSignal.any([signal, late]) };
  const credentials = await credentialsOf(ctx, wish);
  const secrets = credentials ? [credentials.password] : [];
  const work = await ctx.images.begin({ run: run.id, name: taken.name }, secrets);
  try {
    return await buildAndPush(ctx, wish, work, credentials);
  } catch (error) {
    await work.say(reportOf(error).message);
    throw late.aborted ? tooLate(taken) : error;
  } finally {
    await work.close();
  }
}

function tooLate({ spec }: TakenJob): KovaError {
  return new KovaError('JOB_TIMEOUT', `it did not end within ${formatDuration(spec.job.timeout)}`, {
    next: 'See how the engine and the registry are; `kova pipeline show` has the log of the job.',
  });
}

/** Who may only propose a commit chooses neither what Kova runs as a base nor where it sends its passwords. */
async function settings(ctx: JobContext, { scope, project, config }: PlannedRun): Promise<ImageConfig | null> {
  return scope === null ? config.image : ((await newestConfig(ctx.db, project))?.image ?? null);
}

/** Null for a registry that asks for none, and when nothing is pushed. @throws KovaError SECRET_MISSING, SECRET_UNREADABLE */
async function credentialsOf(ctx: JobContext, wish: Wish): Promise<PushRequest['credentials']> {
  const { run, taken, image } = wish;
  if (!isPushed(wish) || !image.credentials) return null;
  const { username, password: name } = image.credentials;
  const { [name]: password } = await ctx.vault.open(run.project, { name: taken.name, secrets: [name] });
  return password ? { username, password } : null;
}

/** What a part of the jobs has proved is not proved. */
function isPushed({ run: { push, scope, jobs }, image: { registry, pullRequests } }: Wish): boolean {
  return registry !== null && jobs === null && (push || (scope !== null && pullRequests));
}

async function buildAndPush(
  ctx: JobContext,
  wish: Wish,
  work: ImageWork,
  credentials: PushRequest['credentials'],
): Promise<Verdict> {
  const { run, taken, image, signal } = wish;
  const { project, commit } = run;
  const config: ProjectConfig = { ...run.config, image };
  const needs = await neededKeys(ctx.db, run.id, taken.name);
  const release = await ctx.jobs.release({ project, commit, config, needs, signal });
  const built = await work.build({ config, commit: release.commit, artefact: release.artefact.digest, signal });
  const evidence = [imageEvidence(built)];
  const report = { verdict: pass(''), code: null, evidence, outputs: [], durationMs: 0 };
  const verdict = await judgeJob(ctx, run, taken.spec, report);
  if (verdict.outcome === 'fail') return verdict;
  const name = imageName(project, image);
  const tags = imageTags(run, image);
  await work.tag(built, name, tags);
  const pushed = isPushed(wish) ? await work.push({ image: built, name, tags, credentials, signal }) : null;
  await recordImage(ctx.db, { run: run.id, id: built.id, reference: pushed ?? built.id });
  const told = [pushed ?? `${name} ${built.id}, not pushed`, `tags ${tags.join(', ')}`, verdict.reason];
  return conclude(built, { ...verdict, reason: told.filter(Boolean).join('; ') });
}

/** An image that is missing for a platform is no reason to throw the others away, but is said. */
function conclude({ notBuilt }: BuiltImage, verdict: Verdict): Verdict {
  if (notBuilt.length === 0) return verdict;
  const missing = notBuilt.map(({ platform, reason }) => `not built for ${platform}: ${reason}`);
  return inconclusive([...missing, verdict.reason].join('; '));
}
