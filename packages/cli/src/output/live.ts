import type { StreamEvent } from '@kova/control/api';
import { isTerminal, type Phase } from '@kova/core/deployment/phase';
import type { JobState } from '@kova/core/pipeline/state';
import { since } from './duration.ts';
import { appliedText, approvalHint, type Progress, waitsFor } from './plain.ts';
import { jobMark, jobTime } from './run.ts';
import { plain } from './table.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 120;

interface Row {
  environment: string;
  phase: Phase;
  reason: string;
  /** When the phase began. */
  at: string;
}

interface JobRow {
  /** Where it is a check; null in the pipeline. */
  environment: string | null;
  name: string;
  state: JobState;
  said: string;
  at: string;
}

interface Screen {
  /** What was changed without a deployment, by environment. */
  applied: Map<string, string>;
  jobs: Map<string, JobRow>;
  rows: Map<string, Row>;
  startedAt: string;
  /** The branch whose run before it is still at work. */
  waits?: string;
}

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns'>;

/** One line an environment, drawn again and again in place. */
export function liveProgress(out: Terminal): Progress {
  const startedAt = new Date().toISOString();
  const screen: Screen = { applied: new Map(), jobs: new Map(), rows: new Map(), startedAt };
  let drawn = 0;
  let frame = 0;
  const draw = () => {
    const lines = render(screen, frames[frame++ % frames.length] ?? '', (out.columns || 80) - 1);
    out.write(`${drawn > 0 ? `\x1b[${drawn}A` : ''}\r\x1b[0J${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
  const timer = setInterval(draw, frameMs);
  return {
    show: (event) => take(screen, event),
    end() {
      clearInterval(timer);
      draw();
    },
  };
}

function take(screen: Screen, event: StreamEvent): void {
  if (event.type === 'job') {
    const { run, environment, job: name, state, reason, at } = event;
    const said = state === 'passed' ? jobTime(event) : plain(reason.split('\n')[0] ?? '');
    screen.jobs.set(`${run}/${name}`, { environment, name, state, said, at });
  } else if (event.type === 'queued') {
    screen.waits = event.branch;
  } else if (event.type === 'applied') {
    screen.applied.set(event.environment, appliedText(event.changes));
  } else if (event.type === 'phase') {
    const { deployment, environment, phase, reason, at } = event;
    screen.rows.set(deployment, { environment, phase, reason: plain(reason), at });
  }
}

/** The lines of the screen as they are now, none wider than `width`. */
export function render({ applied, jobs, rows, startedAt, waits }: Screen, spinner: string, width: number): string[] {
  const at = waits === undefined ? 'preparing' : waitsFor(waits);
  if (jobs.size + rows.size + applied.size === 0) return [`${spinner} ${at}  ${since(startedAt)}`.slice(0, width)];
  const lines = (environment: string | null, indent: string) =>
    jobLines(
      [...jobs.values()].filter((job) => job.environment === environment),
      spinner,
      width - indent.length,
    ).map((line) => indent + line);
  return [
    ...lines(null, ''),
    ...[...applied].map(([name, what]) => `✓ ${name.padEnd(15)} ${'applied'.padEnd(25)} ${what}`.slice(0, width)),
    ...[...rows.values()].flatMap((row) => [...rowLines(row, spinner, width), ...lines(row.environment, '  ')]),
  ];
}

function jobLines(jobs: readonly JobRow[], spinner: string, width: number): string[] {
  const longest = Math.max(0, ...jobs.map(({ name }) => name.length));
  return jobs.map(({ name, state, said, at }) => {
    const [mark, text] = state === 'running' ? [spinner, since(at)] : [jobMark(state), said];
    return `${mark} ${name.padEnd(longest)}  ${state.padEnd(12)}  ${text}`.slice(0, width).trimEnd();
  });
}

function rowLines({ environment, phase, reason, at }: Row, spinner: string, width: number): string[] {
  const ended = phase === 'live' || isTerminal(phase);
  const mark = ended ? (phase === 'live' || phase === 'retired' ? '✓' : '✗') : spinner;
  const elapsed = ended ? '' : since(at);
  const line = `${mark} ${environment.padEnd(15)} ${phase.padEnd(17)} ${elapsed.padEnd(7)} ${reason}`;
  const hint = phase === 'awaiting-approval' ? [`  ${approvalHint(environment)}`] : [];
  return [line, ...hint].map((each) => each.slice(0, width).trimEnd());
}
