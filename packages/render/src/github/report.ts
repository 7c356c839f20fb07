import { pinned } from './actions.ts';
import { expression } from './expression.ts';
import { hasMatrix, type WorkflowJob } from './graph.ts';
import { reports } from './places.ts';
import type { Step } from './step.ts';

/** Leaves what the job reports, whatever became of it, where people find it. Kova's verdict stands if that fails. */
export function reportSteps(job: WorkflowJob): Step[] {
  return [...(hasSarif(job) ? [sarifStep(job)] : []), artefactStep(job)];
}

export function hasSarif({ job }: WorkflowJob): boolean {
  return job.reports.some(({ kind }) => kind === 'sarif');
}

function artefactStep(job: WorkflowJob): Step {
  return {
    name: 'Leave its reports',
    if: '!cancelled()',
    'continue-on-error': true,
    uses: pinned('actions/upload-artifact'),
    with: {
      name: `kova-${job.name}${hasMatrix(job) ? `-${expression('matrix.index')}` : ''}`,
      path: reports.path,
      'if-no-files-found': 'ignore',
      'include-hidden-files': true,
      overwrite: true,
      'retention-days': 14,
    },
  };
}

/** A pull request from a fork may not write security events. */
function sarifStep(job: WorkflowJob): Step {
  const own =
    "github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository";
  return {
    name: 'Show its findings',
    if: `!cancelled() && steps.run.outputs.sarif == 'true' && (${own})`,
    'continue-on-error': true,
    uses: pinned('github/codeql-action/upload-sarif'),
    with: {
      sarif_file: reports.path,
      category: `kova/${job.name}${hasMatrix(job) ? `/${expression('matrix.index')}` : ''}`,
    },
  };
}
