import { isJoin } from '@kova/core/pipeline/join';
import { pinned } from './actions.ts';
import { expression } from './expression.ts';
import { hasMatrix, idOf, type WorkflowJob } from './graph.ts';
import { results } from './places.ts';
import type { Step } from './step.ts';

const resultKey = 'steps.run.outputs.key';

/** What a job tells those that need it: the key of the result of each of its runs. */
export function resultOutputs(job: WorkflowJob): Record<string, string> {
  if (!hasMatrix(job)) return { key: expression(resultKey) };
  // An empty output replaces none, so that each run of a matrix sets its own.
  return Object.fromEntries(
    job.runs.map((_, index) => [`key-${index}`, expression(`matrix.index == ${index} && ${resultKey} || ''`)]),
  );
}

/** Brings the results of all that the job needs, and the last of its own: if nothing has changed it is not run again. */
export function bringSteps(job: WorkflowJob): Step[] {
  return [...job.needs.filter(({ job }) => !isJoin(job)).flatMap(needSteps), ownStep(job)];
}

function needSteps(need: WorkflowJob): Step[] {
  const outputs = `needs.${idOf(need.name)}.outputs`;
  return need.runs.map((_, index) => {
    const matrix = hasMatrix(need);
    const key = matrix
      ? `${prefix(need, index)}${expression(`${outputs}.key-${index}`)}`
      : `${prefix(need)}${expression(`${outputs}.key`)}`;
    return {
      name: `Bring what ${need.name} has made${matrix ? ` (${index + 1} of ${need.runs.length})` : ''}`,
      uses: pinned('actions/cache/restore'),
      with: { path: results.path, key },
    };
  });
}

function ownStep(job: WorkflowJob): Step {
  const own = ownPrefix(job);
  return {
    name: 'Bring its last result',
    id: 'last',
    uses: pinned('actions/cache/restore'),
    with: { path: results.path, key: `${own}${expression('github.sha')}`, 'restore-keys': own },
  };
}

/** Keeps the result, unless it is the one that was brought. */
export function keepStep(job: WorkflowJob): Step {
  const own = ownPrefix(job);
  return {
    name: 'Keep its result',
    if: `${resultKey} != '' && !endsWith(steps.last.outputs.cache-matched-key, ${resultKey})`,
    uses: pinned('actions/cache/save'),
    with: { path: results.path, key: `${own}${expression(resultKey)}` },
  };
}

function ownPrefix(job: WorkflowJob): string {
  return hasMatrix(job) ? prefix(job, expression('matrix.index')) : prefix(job);
}

/** No name of a job has a slash, so that no prefix is the beginning of another job's. */
function prefix({ name }: WorkflowJob, index?: number | string): string {
  return index === undefined ? `kova/${name}/` : `kova/${name}/${index}/`;
}
