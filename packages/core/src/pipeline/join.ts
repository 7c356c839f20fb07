import type { Jobs } from './graph.ts';
import type { JobConfig } from './job.ts';

/** Whether a job runs nothing: it only joins others, and passes when all that it needs has passed. */
export function isJoin({ run }: Pick<JobConfig, 'run'>): boolean {
  return run.length === 0;
}

const lists = ['services', 'secrets', 'outputs', 'carry', 'reports', 'keep'] as const;
const flags = ['serve', 'browser'] as const;

/**
 * A job without commands has no directory: what it would leave, or find there, is a mistake. One sentence with its path
 * for each.
 */
export function checkJoins(jobs: Jobs): string[] {
  return Object.entries(jobs)
    .filter(([, job]) => isJoin(job))
    .flatMap(([name, job]) => {
      const said = [...lists.filter((key) => job[key].length > 0), ...flags.filter((key) => job[key])];
      return said.map((key) => `pipeline.jobs.${name}.${key}: means nothing for a job without commands`);
    });
}
