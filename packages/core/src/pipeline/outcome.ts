import { fail, inconclusive, pass, type Verdict } from '../verdict.ts';
import type { JobState } from './state.ts';

export interface EndedJob {
  name: string;
  state: JobState;
  reason: string;
}

/** What a run came to when all its jobs have ended. A job that was not checked never makes it green. */
export function runVerdict(jobs: readonly EndedJob[], onInconclusive: 'pass' | 'fail'): Verdict {
  const of = (state: JobState) => jobs.filter((job) => job.state === state);
  const told = ({ name, reason }: EndedJob) => `${name}: ${reason.split('\n')[0]}`;
  const [failed, ...more] = of('failed');
  if (failed) return fail(`${told(failed)}${more.length > 0 ? `, and ${more.length} more failed` : ''}`);
  const [cancelled] = of('cancelled');
  if (cancelled) return fail(told(cancelled));
  const unknown = of('inconclusive');
  if (unknown.length === 0) return pass(`${of('passed').length} jobs passed`);
  const reason = `${of('passed').length} jobs passed; not checked: ${unknown.map(told).join('; ')}`;
  return onInconclusive === 'fail' ? fail(reason) : inconclusive(reason);
}
