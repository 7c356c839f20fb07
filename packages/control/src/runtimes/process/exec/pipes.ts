import { constants } from 'node:os';
import { signalGroup } from '../../../commands/group.ts';
import type { ExecEnd, Execution } from '../../../ports/exec.ts';
import { type ConfinedPlan, spawnConfined } from '../system/confined.ts';
import { refTo } from '../system/processes.ts';
import { terminate } from '../system/terminate.ts';

const graceMs = 3000;

/** Runs a command whose input and outputs are pipes. */
export function execWithPipes(plan: ConfinedPlan, launch: string, signal: AbortSignal): Execution {
  const child = spawnConfined(plan, ['pipe', 'pipe', 'pipe']);
  const { stdin, stdout, stderr, pid } = child;
  if (!stdin || !stdout || !stderr) throw new Error('a program was started without pipes');
  const leader = pid === undefined ? null : refTo(pid);
  const end = () => {
    if (pid !== undefined) signalGroup(pid, 'SIGHUP');
    void terminate(leader, launch, graceMs);
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, by) => resolve(code ?? signalBase + constants.signals[by ?? 'SIGKILL']));
    child.once('error', () => resolve(notStarted));
  });
  const ended = exited.then(async (exitCode): Promise<ExecEnd> => {
    signal.removeEventListener('abort', end);
    await terminate(leader, launch, 0);
    return { exitCode, endedBy: signal.aborted ? signal.reason : null };
  });
  return {
    ...{ stdin, stdout, stderr, ended },
    resize: () => {},
    kill: (name) => void (pid !== undefined && signalGroup(pid, name)),
  };
}

const signalBase = 128;
/** As shells have it. */
const notStarted = 126;
