import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '@kova/core/secret';
import { inconclusive, type Verdict } from '@kova/core/verdict';
import { checkout } from '../build/checkout.ts';
import {
  type BuildDirectory,
  closeBuildDirectory,
  openBuildDirectory,
  sealBuildDirectory,
} from '../build/directory.ts';
import { buildEnvironment } from '../build/environment.ts';
import { repositoryOf } from '../build/git.ts';
import { handOver } from '../build/hand-over.ts';
import type { Toolchain } from '../build/toolchain.ts';
import type { Home } from '../home/home.ts';
import type { Identity } from '../home/unprivileged.ts';
import type { JobReport, JobRequest } from '../ports/job-runner.ts';
import { runCommands } from './commands.ts';
import { furnish } from './furnish/furnish.ts';
import { NotRunnable, Surroundings } from './furnish/surroundings.ts';
import { keepFiles } from './keep-files.ts';
import { type JobLog, jobFilesPath, openJobLog } from './log.ts';
import { existing } from './results/existing.ts';
import type { Results } from './results/store.ts';
import { whyNotRunnable } from './runnable.ts';

/** What all jobs on this machine share. */
export interface Workshop {
  home: Home;
  results: Results;
  as: Identity | null;
  toolchain: Toolchain;
  network: Record<string, string | Secret>;
  npmCache: string;
}

/** Runs a job, with its retries. What it left is kept under its key when it passed. */
export async function runJob(workshop: Workshop, request: JobRequest): Promise<JobReport> {
  const log = await openJobLog(workshop.home.logs, request);
  const { retries, backoff } = request.job.job;
  try {
    for (let attempt = 0; ; attempt += 1) {
      const report = await attemptJob(workshop, request, log);
      if (report.verdict.outcome !== 'fail' || attempt >= retries) return report;
      log.write(`attempt ${attempt + 1} of ${retries + 1} failed; trying again`);
      await sleep(backoff * 2 ** attempt, undefined, { signal: request.signal });
    }
  } finally {
    await log.close();
  }
}

async function attemptJob(workshop: Workshop, request: JobRequest, log: JobLog): Promise<JobReport> {
  const { home, as } = workshop;
  request.signal.throwIfAborted();
  const directory = await openBuildDirectory(home.builds, request.project, request.commit, as);
  const around = new Surroundings();
  try {
    await takeOut(workshop, request, directory, log);
    const { name, job } = request.job;
    const missing = await whyNotRunnable(name, job, directory.source);
    if (missing) return without(missing);
    const env = environmentOf(workshop, request, directory);
    await furnish(around, home, request, { directory, env, onLine: log.write });
    const startedAt = performance.now();
    const verdict = await runCommands({
      ...{ argvs: job.run, directory, timeoutMs: job.timeout, signal: request.signal },
      env: { ...env, ...around.env },
      onLine: log.write,
    });
    const durationMs = performance.now() - startedAt;
    await around.end();
    await sealBuildDirectory(directory);
    await keepFiles(directory.source, job, jobFilesPath(home.logs, request), log.write);
    return await conclude(workshop, request, directory, { verdict, durationMs, log });
  } catch (error) {
    if (error instanceof NotRunnable) return without(inconclusive(error.message));
    throw error;
  } finally {
    await around.end();
    await closeBuildDirectory(directory);
  }
}

function without(verdict: Verdict): JobReport {
  return { verdict, evidence: [], outputs: [], durationMs: 0 };
}

/** The commit, and what the jobs before have made of it. */
async function takeOut({ home, results }: Workshop, request: JobRequest, directory: BuildDirectory, log: JobLog) {
  const repository = repositoryOf(home.repositories, request.project);
  const index = join(directory.root, 'index');
  const { commit, signal, needs } = request;
  await checkout({ repository, commit, directory: directory.source, index, signal, onLine: log.write });
  await handOver(directory.source, directory.as);
  for (const key of needs) await results.layOut(key, directory.source, directory.as);
}

function environmentOf(workshop: Workshop, { commit, job }: JobRequest, directory: BuildDirectory) {
  const { toolchain, npmCache, network } = workshop;
  return {
    ...buildEnvironment(directory, toolchain, { commit, npmCache, network }),
    KOVA_JOB: job.name,
    ...job.job.env,
    ...job.values,
  };
}

async function conclude(
  { home, results }: Workshop,
  request: JobRequest,
  { source }: BuildDirectory,
  { verdict, durationMs, log }: { verdict: Verdict; durationMs: number; log: JobLog },
): Promise<JobReport> {
  if (verdict.outcome !== 'pass') return { verdict, evidence: [], outputs: [], durationMs };
  const outputs = await existing(source, request.job.job.outputs);
  const report: JobReport = { verdict, evidence: [], outputs, durationMs };
  await results.keep(request.key, { report, log: log.path }, source, jobFilesPath(home.logs, request));
  return report;
}
