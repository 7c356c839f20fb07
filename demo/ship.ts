import type { DeploymentView, ShipView } from '@kova/control/api';
import type { PhaseEvent } from './driver.ts';
import { seconds } from './say.ts';
import { approver, production, type Tale } from './tale.ts';

const stage = /^(checkout|config|install|build|pack) took (.+)$/;
/** The stages worth waiting for, as people know them. */
const told: Record<string, string> = { install: 'npm ci', build: 'next build', pack: 'packed' };
const mostLines = 12;
const ends = new Set(['live', 'rolled-back', 'failed', 'cancelled', 'superseded']);

export interface Shipped {
  ship: ShipView;
  /** As Kova has said it: `{ install: '9.1 s' }`. */
  stages: Record<string, string>;
  phases: PhaseEvent[];
  tookMs: number;
}

/** Ships what the repository has at its head and tells each environment as it ends. */
export async function tellShip({ say, driver, repository }: Tale, commit: string): Promise<Shipped> {
  const startedAt = performance.now();
  const stages: Record<string, string> = {};
  const phases: PhaseEvent[] = [];
  say.line(`shipping commit ${commit.slice(0, 10)}; building it …`);
  const onLine = (text: string) => {
    const [, name, took] = stage.exec(text) ?? [];
    if (!name || !took) return;
    stages[name] = took;
    if (told[name]) say.figure(told[name], took);
  };
  const onPhase = (event: PhaseEvent) => {
    phases.push(event);
    if (event.phase === 'awaiting-approval')
      say.figure(event.environment, `waits for a person to say yes; "${approver}" approves`);
    if (ends.has(event.phase)) say.figure(event.environment, journey(phases, event));
  };
  const ship = await driver.ship(commit, await repository.bundle(), approver, { onLine, onPhase });
  const tookMs = performance.now() - startedAt;
  say.figure(ship.state === 'done' ? 'live everywhere' : 'ended', `after ${seconds(tookMs)}, release ${ship.release}`);
  if (ship.error) say.figure('Kova says', ship.error.message.split('\n').slice(0, mostLines).join('\n      '));
  return { ship, stages, phases, tookMs };
}

/** `preparing 0.4 s · starting 1.9 s → live`. */
function journey(phases: readonly PhaseEvent[], end: PhaseEvent): string {
  const mine = phases.filter(({ deployment }) => deployment === end.deployment);
  const parts = mine.flatMap(({ phase, at }, index) => {
    const next = mine[index + 1];
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
