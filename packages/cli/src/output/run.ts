import type { JobView, RunView } from '@kova/control/api';
import { formatDuration } from '@kova/core/config/duration';
import { isOf } from '@kova/core/pipeline/graph';
import type { JobState } from '@kova/core/pipeline/state';
import { since } from './duration.ts';
import { plain, renderTable } from './table.ts';

const shownProblems = 5;

const marks: Readonly<Record<JobState, string>> = {
  waiting: '·',
  running: '▸',
  passed: '✓',
  failed: '✗',
  inconclusive: '?',
  skipped: '–',
  cancelled: '✗',
};

export function jobMark(state: JobState): string {
  return marks[state];
}

/** `2.1 s`, `cached`, or nothing while it has not ended. */
export function jobTime({ cached, durationMs }: Pick<JobView, 'cached' | 'durationMs'>): string {
  if (cached) return 'cached';
  return durationMs === null ? '' : formatDuration(durationMs);
}

/** A run for people: its jobs, what went wrong first, and what it could not have been faster than. */
export function renderRun(run: RunView, only?: string): string {
  const jobs = run.jobs.filter(({ name }) => only === undefined || isOf(only, name));
  const width = Math.max(0, ...jobs.map(({ name }) => name.length));
  const lines = jobs.map((job) => {
    const said = job.evidence.length > 0 || job.state !== 'passed' ? firstLine(job.reason) : '';
    return `${jobMark(job.state)} ${job.name.padEnd(width)}  ${job.state.padEnd(12)}  ${jobTime(job).padEnd(9)}  ${said}`.trimEnd();
  });
  return [title(run), ...lines, ...failures(jobs), ...summary(run)].join('\n');
}

function title({ id, commit, check }: RunView): string {
  const checks = check ? `  checks ${check.deployment} in ${check.environment}` : '';
  return `${id}  commit ${commit.slice(0, 10)}${checks}`;
}

/** The last lines of the commands that failed. */
function failures(jobs: readonly JobView[]): string[] {
  const failed = jobs.filter(({ state }) => state === 'failed');
  return failed.flatMap((job) => [
    '',
    `✗ ${job.name}: ${job.reason.split('\n').map(plain).join('\n  ')}`,
    ...problems(job),
  ]);
}

/** The first problems of what a job reported. */
export function problems({ evidence }: Pick<JobView, 'evidence'>): string[] {
  const all = evidence.flatMap((each) => each.problems);
  const count = evidence.reduce((sum, each) => sum + each.problemCount, 0);
  const shown = all.slice(0, shownProblems).map(({ message, file, line }) => {
    const place = file === null ? '' : `${file}${line === null ? '' : `:${line}`}  `;
    return `  ${plain(place + message)}`;
  });
  return count > shown.length ? [...shown, `  … ${count - shown.length} more`] : shown;
}

export function summary({ state, reason, jobs, criticalPath, createdAt, endedAt }: RunView): string[] {
  if (state === 'queued') return ['', 'waits for the run of its branch before it'];
  if (endedAt === null) return ['', 'still running'];
  const took = formatDuration(Date.parse(endedAt) - Date.parse(createdAt));
  const cached = jobs.filter((job) => job.cached).length;
  const path =
    criticalPath.ms > 0 ? `; critical path ${formatDuration(criticalPath.ms)}: ${criticalPath.names.join(' → ')}` : '';
  return ['', `${state} in ${took}: ${firstLine(reason)}`, `${cached} of ${jobs.length} jobs cached${path}`];
}

export function runTable(runs: readonly RunView[]): string {
  return renderTable(
    ['RUN', 'COMMIT', 'CHECKS', 'STARTED', 'STATE', 'REASON'],
    runs.map(({ id, commit, check, createdAt, state, reason }) => [
      ...[id, commit.slice(0, 10), check?.environment ?? '–', `${since(createdAt)} ago`, state],
      firstLine(reason).slice(0, 80),
    ]),
  );
}

function firstLine(text: string): string {
  return plain(text.split('\n')[0] ?? '');
}
