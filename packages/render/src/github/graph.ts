import { KovaError } from '@kova/core/errors/kova-error';
import { expand, type Jobs } from '@kova/core/pipeline/graph';
import type { JobConfig } from '@kova/core/pipeline/job';

/** A job of Kova's as one of GitHub's. */
export interface WorkflowJob {
  name: string;
  job: JobConfig;
  /** All that it needs, directly and not: GitHub tells a job the outputs of those only that it names itself. */
  needs: WorkflowJob[];
  /** The names that Kova knows its runs by: one, or as many as the matrix has combinations. */
  runs: string[];
}

/** What GitHub runs of one matrix at most. */
const maxRuns = 256;

/** @returns each after all that it needs. @throws KovaError CONFIG_INVALID for a matrix that GitHub refuses */
export function workflowJobs(jobs: Jobs): WorkflowJob[] {
  const runs = Map.groupBy(expand(jobs), ({ job }) => job);
  const names = new Map(Object.entries(jobs).map(([name, job]) => [job, name]));
  const made = new Map<string, WorkflowJob>();
  for (const [job, of] of runs) {
    const name = names.get(job) ?? '';
    if (of.length > maxRuns) throw tooMany(name, of.length);
    const direct = job.needs.flatMap((need) => made.get(need) ?? []);
    const needs = [...new Set(direct.flatMap((need) => [...need.needs, need]))];
    made.set(name, { name, job, needs, runs: of.map((run) => run.name) });
  }
  return [...made.values()];
}

function tooMany(name: string, count: number): KovaError {
  const path = `pipeline.jobs.${name}.matrix`;
  return new KovaError('CONFIG_INVALID', `${path}: has ${count} combinations; GitHub runs ${maxRuns} at most`);
}

export function hasMatrix({ job }: WorkflowJob): boolean {
  return Object.keys(job.matrix).length > 0;
}

/** Of a job's name: GitHub wants a letter or an underscore first. No name of Kova's begins with the latter. */
export function idOf(name: string): string {
  return /^[a-z]/.test(name) ? name : `_${name}`;
}
