import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '@kova/core/secret';
import { together } from '@kova/core/together';
import { inconclusive, type Verdict } from '@kova/core/verdict';
import { checkout } from '../build/checkout.ts';
import {
  type BuildDirectory,
  closeBuildDirectory,
  openBuildDirectory,
  sealBuildDirectory,
} from '../build/directory.ts';
import { buildEnvironment } from '../build/environment.ts';
import { handOver } from '../build/hand-over.ts';
import type { Toolchain } from '../build/toolchain.ts';
import { openConfines } from '../commands/confine/confines.ts';
import { createScrubber, type Scrub } from '../commands/scrubber.ts';
import type { Home } from '../home/home.ts';
import type { Identity } from '../home/unprivileged.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { JobReport, JobRequest } from '../ports/job-runner.ts';
import type { Results } from '../ports/results.ts';
import { type CommandsEnd, runCommands } from './commands.ts';
import { furnish, furnishApp } from './furnish/furnish.ts';
import { NotRunnable, Surroundings } from './furnish/surroundings.ts';
import { keepFiles } from './keep-files.ts';
import { type JobLog, jobFilesPath, openJobLog } from './log.ts';
import { readReports } from './reports/read.ts';
import type { Carried } from './results/carried.ts';
import { existing } from './results/existing.ts';
import { whyNotRunnable } from './runnable.ts';
import { scrubFiles } from './scrub-files.ts';
import { scrubError, scrubEvidence, scrubVerdict } from './scrub-report.ts';

/** What all jobs on this machine share. */
export interface Workshop {
  home: Home;
  results: Results;
  carried: Carried;
  as: Identity | null;
  toolchain: Toolchain;
  network: Record<string, string | Secret>;
  npmCache: string;
  artefacts: Artefacts;
  /** To be awaited before commands that name `kova-check`. */
  bringChecks: () => Promise<void>;
}

/** Runs a job, with its retries. What it left is kept under its key when it passed; none of it shows its secrets. */
export async function runJob(workshop: Workshop, request: JobRequest): Promise<JobReport> {
  const scrub = createScrubber(Object.values(request.secrets));
  const log = await openJobLog(workshop.home.logs, request, scrub);
  const { retries, backoff } = request.job.job;
  try {
    for (let attempt = 0; ; attempt += 1) {
      const report = await attemptJob(workshop, request, log, scrub);
      if (report.verdict.outcome !== 'fail' || attempt >= retries) return report;
      await log.write(`attempt ${attempt + 1} of ${retries + 1} failed; trying again`);
      await sleep(backoff * 2 ** attempt, undefined, { signal: request.signal });
    }
  } catch (error) {
    throw scrubError(error, scrub);
  } finally {
    await log.close();
  }
}

async function attemptJob(workshop: Workshop, request: JobRequest, log: JobLog, scrub: Scrub): Promise<JobReport> {
  const { home, as } = workshop;
  request.signal.throwIfAborted();
  const directory = await openBuildDirectory(home.builds, request.project, request.commit, as);
  const confines = await openConfines(directory.id, request.job.job.memory ?? null, directory.as);
  const around = new Surroundings();
  try {
    await together([
      takeOut(workshop, request, directory, log),
      furnish(around, home, request, { directory, onLine: log.write }),
    ]);
    const { name, job } = request.job;
    const missing = await whyNotRunnable(name, job, directory.source);
    if (missing) return without(missing);
    if (job.run.flat().some((word) => word.includes('kova-check'))) await workshop.bringChecks();
    const env = environmentOf(workshop, request, directory);
    if (confines.lack) await log.write(`note: ${confines.lack}`);
    await furnishApp(around, request, { directory, confines, env, onLine: log.write });
    const startedAt = performance.now();
    const end = await runCommands({
      ...{ argvs: job.run, directory, confines, timeoutMs: job.timeout, signal: request.signal },
      env: { ...env, ...around.env },
      onLines: log.write,
    });
    const durationMs = performance.now() - startedAt;
    await around.end();
    await sealBuildDirectory(directory);
    await keepScrubbed(workshop, request, directory, log);
    return await conclude(workshop, request, directory, { ...end, durationMs, log, scrub });
  } catch (error) {
    if (error instanceof NotRunnable) return without(inconclusive(error.message));
    throw error;
  } finally {
    await around.end();
    await closeBuildDirectory(directory);
    await confines.close();
  }
}

/** What is for people to look at; what is for other jobs stays as the job has made it. */
async function keepScrubbed({ home }: Workshop, request: JobRequest, { source }: BuildDirectory, log: JobLog) {
  const target = jobFilesPath(home.logs, request);
  await keepFiles(source, request.job.job, target, log.write);
  for (const file of await scrubFiles(target, Object.values(request.secrets))) {
    await log.write(`${relative(target, file)} showed a secret, which is blotted out in what is kept`);
  }
}

function without(verdict: Verdict): JobReport {
  return { verdict, code: null, evidence: [], outputs: [], durationMs: 0 };
}

/** The commit, and what the jobs before have made of it, with the caches of the job itself. */
async function takeOut(
  { home, results, carried }: Workshop,
  request: JobRequest,
  directory: BuildDirectory,
  log: JobLog,
) {
  const { project, commit, signal, needs } = request;
  await checkout({ repositories: home.repositories, project, commit, directory, signal, onLine: log.write });
  await handOver(directory.source, directory.as);
  for (const key of needs) await results.layOut(key, directory.source, directory.as);
  await carried.bring(project, request.name, request.job.job.carry, directory.source, directory.as);
}

function environmentOf(workshop: Workshop, { commit, job, secrets }: JobRequest, directory: BuildDirectory) {
  const { toolchain, npmCache, network } = workshop;
  return {
    ...buildEnvironment(directory, toolchain, { commit, npmCache, network }),
    KOVA_JOB: job.name,
    ...job.job.env,
    ...secrets,
    ...job.values,
  };
}

/** What a job came to, when nothing works in its directory any more. */
async function conclude(
  { home, results, carried }: Workshop,
  request: JobRequest,
  { source }: BuildDirectory,
  end: CommandsEnd & { durationMs: number; log: JobLog; scrub: Scrub },
): Promise<JobReport> {
  const { key, project, name } = request;
  const { code, durationMs, log, scrub } = end;
  const verdict = scrubVerdict(end.verdict, scrub);
  const { reports, carry, outputs } = request.job.job;
  const passed = verdict.outcome === 'pass';
  // What a job that has failed reports is worth showing, but what failed is told by its commands.
  const found = await readReports(source, reports, request.signal).catch((error) => {
    if (passed || request.signal.aborted) throw error;
    return [];
  });
  const evidence = scrubEvidence(found, scrub);
  if (!passed) return { verdict, code, evidence, outputs: [], durationMs };
  // Later builds would trust what it left.
  if (request.scope === null) await carried.take(project, name, carry, source);
  const report: JobReport = { verdict, code, evidence, outputs: await existing(source, outputs), durationMs };
  await log.flush();
  await results.keep(key, { report, log: log.path }, source, jobFilesPath(home.logs, request));
  return report;
}
