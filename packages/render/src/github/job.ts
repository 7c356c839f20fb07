import type { GithubConfig } from '@kova/core/config/render';
import { expression, literal } from './expression.ts';
import { hasMatrix, idOf, type WorkflowJob } from './graph.ts';
import { kova, toolSteps } from './kova.ts';
import { reports, results } from './places.ts';
import { hasSarif, reportSteps } from './report.ts';
import { bringSteps, keepStep, resultOutputs } from './results.ts';
import type { Step } from './step.ts';

/** A job of Kova's as GitHub runs it: on a fresh machine, with a Kova of its own. */
export function renderJob(job: WorkflowJob, github: GithubConfig, failFast: boolean): object {
  const { worker } = job.job;
  return {
    name: hasMatrix(job) ? expression('matrix.job') : job.name,
    ...(job.needs.length > 0 ? { needs: job.needs.map(({ name }) => idOf(name)) } : {}),
    'runs-on': worker === null ? github.runner : ['self-hosted', worker],
    'timeout-minutes': timeoutMinutes(job),
    ...(hasSarif(job) ? { permissions: { actions: 'read', contents: 'read', 'security-events': 'write' } } : {}),
    ...(hasMatrix(job) ? { strategy: strategy(job, failFast) } : {}),
    outputs: resultOutputs(job),
    steps: [
      ...toolSteps(github),
      ...machineSteps(job),
      ...bringSteps(job),
      startStep(job),
      runStep(job),
      keepStep(job),
      ...reportSteps(job),
    ],
  };
}

/** The repository's secrets that the job asks for, and what it needs does, should no result of that be found. */
function startStep({ job, needs }: WorkflowJob): Step {
  const names = [...new Set([job, ...needs.map((need) => need.job)].flatMap(({ secrets }) => secrets))].sort();
  // Without a key that all machines share none would find the results of another.
  const secrets = [...names, 'KOVA_SEAL_KEY'].map((name) => [name, expression(`secrets.${name}`)] as const);
  const env = { ...Object.fromEntries(secrets), KOVA_SECRETS_FROM_ENV: names.join(',') };
  return { name: 'Start Kova', ...(names.length > 0 ? { env } : {}), run: kova('up') };
}

/** Values of a matrix are for Kova to give to the job; GitHub is told which combination is meant. */
function strategy({ runs }: WorkflowJob, failFast: boolean): object {
  return { 'fail-fast': failFast, matrix: { include: runs.map((run, index) => ({ index, job: literal(run) })) } };
}

function runStep(job: WorkflowJob): Step {
  const places = ['--results', results.word, '--reports', reports.word];
  const run = (word: string) => kova('pipeline', 'run', '--commit', 'HEAD', '--job', word, ...places);
  if (!hasMatrix(job)) return { name: 'Run the job', id: 'run', run: run(job.name) };
  // Through the environment: in the text of a command the shell would read what is in a value.
  return { name: 'Run the job', id: 'run', env: { KOVA_JOB: expression('matrix.job') }, run: run('"$KOVA_JOB"') };
}

/** What Kova does not bring along itself. */
function machineSteps({ job }: WorkflowJob): Step[] {
  const install = (name: string) => `sudo apt-get update\nsudo apt-get install --yes --no-install-recommends ${name}\n`;
  const unless = (found: string, name: string) => `if ! { ${found}; }; then\n${indent(install(name))}fi\n`;
  const redis: Step = { name: 'Install Redis', run: unless('command -v redis-server', 'redis-server') };
  const browser: Step = {
    name: 'Install a browser',
    run: unless('command -v google-chrome || command -v chromium', 'chromium'),
  };
  return [...(job.services.includes('redis') ? [redis] : []), ...(job.browser ? [browser] : [])];
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

/** What the machine takes to be ready, and GitHub's own limit for a job. */
const readyMinutes = 10;
const maxMinutes = 360;

/** The job's own time, retries and pauses included, and that of what it needs, should no result of those be found. */
function timeoutMinutes({ job, needs }: WorkflowJob): number {
  const all = [job, ...needs.map((need) => need.job)];
  const ms = all.reduce((sum, { timeout, retries, backoff }) => {
    return sum + timeout * (retries + 1) + backoff * (2 ** retries - 1);
  }, 0);
  return Math.min(maxMinutes, readyMinutes + Math.ceil(ms / 60_000));
}
