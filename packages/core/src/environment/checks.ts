import type { EnvironmentConfig, ProjectConfig } from '../config/schema.ts';
import { type GraphJob, type Jobs, withNeeds } from '../pipeline/graph.ts';
import { completeJob, type JobConfig } from '../pipeline/job.ts';
import { resolveJobs } from '../pipeline/resolve.ts';
import type { LoadConfig } from './load.ts';

/** What the usual checks are called where they are wanted, and the jobs that they are. */
const usual: Readonly<Record<string, string>> = {
  integration: 'integration-tests',
  e2e: 'e2e-tests',
  lighthouse: 'performance-audit',
  security: 'security-scan',
};

/** The jobs by which a release is checked in an environment, by the names of the jobs. */
export function checksOf(config: ProjectConfig, { checks }: EnvironmentConfig): string[] {
  const jobs = resolveJobs(config);
  return checks.map((check) => (jobs[check] ? check : (usual[check] ?? check)));
}

/**
 * The jobs of an environment's check run: those of the pipeline, of which the checks ask what runs in the environment
 * instead of an app and services of their own. Their result is never an earlier one: what it depends on is no commit.
 */
export function checkJobs(config: ProjectConfig, name: string): Jobs {
  const environment = config.environments[name];
  if (!environment) return {};
  const resolved = resolveJobs(config);
  const jobs = { ...resolved, load: resolved.load ?? loadJob(environment.load) };
  const checks = new Set(checksOf(config, environment));
  const of = ([job, settings]: [string, JobConfig]) => [job, checks.has(job) ? against(settings, name) : settings];
  return Object.fromEntries(Object.entries(jobs).map(of));
}

/** Load disturbs what others measure, and they its own figures: it waits until all that do not need it have ended. */
export function loadLast(graph: readonly GraphJob[]): GraphJob[] {
  const isLoad = ({ job }: GraphJob) => job.reports.some(({ kind }) => kind === 'load');
  const others = graph.filter(({ name }) => !withNeeds(graph, [name]).some(isLoad)).map(({ name }) => name);
  return graph.map((each) => (isLoad(each) ? { ...each, after: others } : each));
}

function against(job: JobConfig, environment: string): JobConfig {
  return { ...job, serve: false, services: [], cache: false, env: { ...job.env, KOVA_ENVIRONMENT: environment } };
}

function loadJob({ paths, duration, connections, minRps, maxP95, maxErrors }: LoadConfig): JobConfig {
  const option = (name: string, value: number | undefined) => (value === undefined ? [] : [name, String(value)]);
  const argv = [
    ...['kova-check', 'load', ...paths.flatMap((path) => ['--path', path])],
    ...['--duration', String(duration / 1000), '--connections', String(connections)],
    ...[...option('--min-rps', minRps), ...option('--max-p95', maxP95)],
    ...option('--max-error-rate', maxErrors / 100),
  ];
  return completeJob({ run: [argv], reports: [{ kind: 'load', path: 'reports/load.json' }], cache: false });
}

/** What is wrong with the checks of all environments; one sentence with its path for each. */
export function checkChecks(config: ProjectConfig): string[] {
  return Object.entries(config.environments).flatMap(([name, environment]) => {
    const jobs = checkJobs(config, name);
    const wanted = checksOf(config, environment);
    return wanted.flatMap((job, index) => {
      const path = `environments.${name}.checks[${index}]`;
      if (wanted.indexOf(job) < index) return [`${path}: ${job} is there already`];
      return jobs[job] ? [] : [`${path}: there is no job ${job}; there are ${Object.keys(jobs).join(', ')}`];
    });
  });
}
