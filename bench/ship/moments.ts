import type { TestKova } from '../../e2e/testing/kova.ts';
import type { Seen } from '../../e2e/testing/load.ts';

interface PhaseEvent {
  type: string;
  phase: string;
  reason: string;
  at: string;
}

/** What is recorded of a deployment that is live or has ended, from its beginning. */
export async function story(kova: TestKova, deployment: string): Promise<PhaseEvent[]> {
  const answer = await fetch(`${kova.control.url}/v1/deployments/${deployment}/events`, {
    headers: { authorization: `Bearer ${kova.token()}` },
  });
  const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('data: '));
  return lines.map((line) => JSON.parse(line.slice(6)) as PhaseEvent).filter(({ type }) => type === 'phase');
}

/** The moment of the recorded decision to take the deployment back, ms since the epoch. @throws when there is none */
export async function decidedAt(kova: TestKova, deployment: string): Promise<number> {
  const decision = (await story(kova, deployment)).find(({ phase }) => phase === 'reverting');
  if (!decision) throw new Error(`no decision to take ${deployment} back is recorded`);
  return Date.parse(decision.at);
}

/** When users were answered by the release for the last time, ms since the epoch. @throws when they never were */
export function lastAnswer(seen: Seen, release: string): number {
  const known = seen.releases.get(release);
  if (!known) throw new Error(`${release} answered no request of the load`);
  return Date.now() - performance.now() + known.last;
}
