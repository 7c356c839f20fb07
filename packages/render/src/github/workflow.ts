import type { ProjectConfig } from '@kova/core/config/schema';
import { isJoin } from '@kova/core/pipeline/join';
import { resolveJobs } from '@kova/core/pipeline/resolve';
import { expression } from './expression.ts';
import { idOf, workflowJobs } from './graph.ts';
import { renderJob } from './job.ts';
import { renderJoin } from './join.ts';
import { renderShip, shipId } from './ship.ts';
import { workflowText } from './yaml.ts';

/** The project's pipeline as a workflow of GitHub's. @throws KovaError CONFIG_INVALID for what GitHub cannot run */
export function renderWorkflow(config: ProjectConfig): string {
  const { github } = config.render;
  const jobs = workflowJobs(resolveJobs(config));
  const { failFast } = config.pipeline;
  return workflowText({
    name: 'kova',
    on: { push: { branches: github.branches }, pull_request: {} },
    permissions: { contents: 'read' },
    concurrency: {
      group: `kova-${expression('github.ref')}`,
      'cancel-in-progress': expression("github.event_name == 'pull_request'"),
    },
    defaults: { run: { shell: 'bash' } },
    jobs: {
      ...Object.fromEntries(
        jobs.map((job) => [
          idOf(job.name),
          isJoin(job.job) ? renderJoin(job, github) : renderJob(job, github, failFast),
        ]),
      ),
      [shipId]: renderShip(config, jobs),
    },
  });
}
