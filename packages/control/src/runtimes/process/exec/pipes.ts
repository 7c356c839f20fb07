import type { Execution } from '../../../ports/exec.ts';
import { type ConfinedPlan, spawnConfined } from '../system/confined.ts';
import { runningCommand } from './running.ts';

/** Runs a command whose input and outputs are pipes. */
export function execWithPipes(plan: ConfinedPlan, launch: string, signal: AbortSignal): Execution {
  const child = spawnConfined(plan, ['pipe', 'pipe', 'pipe']);
  return { ...runningCommand(child, child.pid ?? null, launch, signal), resize: () => {} };
}
