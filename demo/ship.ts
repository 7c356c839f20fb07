import type { DeploymentView, ShipView } from '@kova/control/api';
import type { JobEvent, PhaseEvent } from './driver.ts';
import { seconds } from './say.ts';
import { approver, production, type Tale } from './tale.ts';

const mostLines = 12;
const ends = new Set(['live', 'rolled-back', 'failed', 'cancelled', 'superseded']);

export interface Shipped {
  ship: ShipView;
  /** What each job of the pipeline and each check came to: `{ install: '9.1 s', 'staging: e2e-tests': '42 s' }`. */
  jobs: Record<string, string>;
  phases: PhaseEvent[];
  tookMs: number;
}

/** Ships what the repository has at its head and tells each environment as it ends. */
export async function tellShip({ say, driver, repository }: Tale, commit: string): Promise<Shipped> {
  const startedAt = performance.now();
  const jobs: Record<string, string> = {};
  const phases: PhaseEvent[] = [];
  say.line(`shipping commit ${commit.slice(0, 10)}; proving and building it …`);
  const onJob = (event: JobEvent) => {
    if (event.state === 'waiting' || event.state === 'running') return;
    // What checks need is what the pipeline has made.
    if (event.environment && event.cached) return;
    const name = event.environment ? `${event.environment}: ${event.job}` : event.job;
    jobs[name] = told(event);
    say.figure(`${name} `, told(event));
  };
  const onPhase = (event: PhaseEvent) => {
    phases.push(event);
    if (event.phase === 'awaiting-approval')
      say.figure(event.environment, `waits for a person to say yes; "${approver}" approves`);
    if (ends.has(event.phase)) say.figure(event.environment, journey(phases, event));
  };
  const ship = await driver.ship(commit, await repository.bundle(), approver, { onJob, onPhase });
  const tookMs = performance.now() - startedAt;
  say.figure(ship.state === 'done' ? 'live everywhere' : 'ended', `after ${seconds(tookMs)}, release ${ship.release}`);
  if (ship.error) say.figure('Kova says', ship.error.message.split('\n').slice(0, mostLines).join('\n      '));
  return { ship, jobs, phases, tookMs };
}

/** `cached, coverage 93.1 % ≥ 80 %`, `22.7 s, done in 22.7 s`, `failed: …`. */
function told({ state, cached, durationMs, reason }: JobEvent): string {
  const said = reason.split('\n')[0] ?? '';
  if (state !== 'passed') return `${state}: ${said}`;
  const time = cached ? 'cached' : seconds(durationMs ?? 0);
  return said.startsWith('done in') ? time : `${time}, ${said}`;
}

/** `preparing 0.4 s · starting 1.9 s → live`. */
function journey(phases: readonly PhaseEvent[], end: PhaseEvent): string {
  const mine = phases.filter(({ deployment }) => deployment === end.deployment);
  // Within a phase there may be more to say; it lasts until the next one.
  const begun = mine.filter(({ phase }, index) => phase !== mine[index - 1]?.phase);
  const parts = begun.flatMap(({ phase, at }, index) => {
    const next = begun[index + 1];
    return next && phase !== 'queued' ? [`${phase} ${seconds(Date.parse(next.at) - Date.parse(at))}`] : [];
  });
  return `${parts.join(' · ')} → ${end.phase}`;
}

/** When a deployment of production came to a phase, ms since the epoch. */
export function momentOf(phases: readonly PhaseEvent[], phase: string): number | null {
  const event = phases.find((each) => each.environment === production && each.phase === phase);
  return event ? Date.parse(event.at) : null;
}

export function inProduction({ ship }: Shipped): DeploymentView | undefined {
  return ship.deployments.find(({ environment }) => environment === production);
}
