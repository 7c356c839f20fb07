import type { RunView, StreamEvent } from '@kova/control/api';
import type { TestKova } from '../../e2e/testing/kova.ts';

type JobEvent = Extract<StreamEvent, { type: 'job' }>;

/** Follows a run as a client does until it has ended. */
export async function endOf(
  kova: TestKova,
  run: string,
  onJob: (event: JobEvent) => void = () => {},
): Promise<RunView> {
  const headers = { authorization: `Bearer ${kova.token()}` };
  const answer = await fetch(`${kova.control.url}/v1/runs/${run}/events`, { headers });
  let rest = '';
  for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const said = JSON.parse(event.replace(/^data: /, '')) as StreamEvent;
      if (said.type === 'job') onJob(said);
      if (said.type === 'run') return said.run;
    }
  }
  throw new Error(`the events of ${run} ended before it did`);
}
