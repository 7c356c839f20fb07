import type { StreamEvent } from '@kova/control/api';
import { clock } from './duration.ts';
import { jobTime } from './run.ts';
import { plain } from './table.ts';

/** Shows events as they come. */
export interface Progress {
  show(event: StreamEvent): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

/** `12:00:01 production  stabilizing  all traffic is on green`: a line for each event, for logs and pipes. */
export function plainProgress(print: (line: string) => void, now = () => new Date()): Progress {
  return {
    show(event) {
      for (const line of linesOf(event, now())) print(line);
    },
    end: () => undefined,
  };
}

function linesOf(event: StreamEvent, now: Date): string[] {
  if (event.type === 'job') return [jobLine(event, now)];
  if (event.type === 'queued') return [`${clock(now)} ${waitsFor(event.branch)}`];
  if (event.type === 'applied') return [`${clock(now)} ${event.environment}  applied  ${appliedText(event.changes)}`];
  if (event.type !== 'phase') return [];
  const { at, environment, phase, reason } = event;
  const line = `${clock(new Date(at))} ${environment}  ${phase}  ${plain(reason)}`.trimEnd();
  return phase === 'awaiting-approval' ? [line, approvalHint(environment)] : [line];
}

type JobEvent = Extract<StreamEvent, { type: 'job' }>;

function jobLine({ job, environment, state, reason, at, ...rest }: JobEvent, now: Date): string {
  const said = state === 'passed' || state === 'running' ? jobTime(rest) : plain(reason.split('\n')[0] ?? '');
  const name = environment ? `${environment}  check ${job}` : job;
  return `${clock(at ? new Date(at) : now)} ${name}  ${state}  ${said}`.trimEnd();
}

export function waitsFor(branch: string): string {
  return `waits for the run of ${plain(branch)} before it`;
}

/** What was changed in an environment without a deployment. */
export function appliedText(changes: readonly string[]): string {
  return changes.length > 0 ? plain(changes.join(', ')) : 'created';
}

export function approvalHint(environment: string): string {
  return `→ say yes with: kova approve ${environment}`;
}
