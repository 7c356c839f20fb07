import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { signalGroup } from '../../../commands/group.ts';
import { signalBase } from '../../../commands/signal-base.ts';
import type { ExecEnd, Execution } from '../../../ports/exec.ts';
import { refTo } from '../system/processes.ts';
import { terminate } from '../system/terminate.ts';

const graceMs = 3000;
/** As shells have it. */
const notStarted = 126;

/**
 * A command by the child that has its streams and exits as it does.
 * @param pid of its first process, which leads its group; null when it was not started
 * @param launch in its environment, and in that of what it starts
 */
export function runningCommand(
  child: ChildProcess,
  pid: number | null,
  launch: string,
  signal: AbortSignal,
): Omit<Execution, 'resize'> {
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error('a command was started without pipes');
  const leader = pid === null ? null : refTo(pid);
  const end = () => {
    if (pid !== null) signalGroup(pid, 'SIGHUP');
    void terminate(leader, launch, graceMs);
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const ended = exitOf(child).then(async (exitCode): Promise<ExecEnd> => {
    signal.removeEventListener('abort', end);
    await terminate(leader, launch, 0);
    return { exitCode, endedBy: signal.aborted ? signal.reason : null };
  });
  return { stdin, stdout, stderr, ended, kill: (wanted) => void (pid !== null && signalGroup(pid, wanted)) };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code, by) => resolve(code ?? signalBase + constants.signals[by ?? 'SIGKILL']));
    child.once('error', () => resolve(notStarted));
  });
}
