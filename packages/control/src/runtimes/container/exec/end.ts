import type Docker from 'dockerode';
import { signalGroup } from '../../../commands/group.ts';
import type { ExecSignal } from '../../../ports/exec.ts';
import { readProc, refTo, variableOf } from '../../process/system/processes.ts';
import { launchVariable, terminate } from '../../process/system/terminate.ts';

const graceMs = 3000;

/** A command in a container, by the number that this machine knows its first process by. */
export interface ContainerCommand {
  container: Docker.Container;
  pid: number;
  /** In its environment, and in that of what it starts. */
  mark: string;
}

/** To the command and its group. The engine has no call for that. */
export async function signalCommand(command: ContainerCommand, signal: ExecSignal | 'SIGKILL'): Promise<void> {
  if (isInReach(command)) signalGroup(command.pid, signal);
  else await signalWithin(command, signal);
}

/** SIGHUP and SIGTERM, after a moment SIGKILL to all that is left of it. */
export async function endCommand(command: ContainerCommand): Promise<void> {
  await signalCommand(command, 'SIGHUP');
  if (isInReach(command)) return void (await terminate(refTo(command.pid), command.mark, graceMs));
  await signalWithin(command, 'SIGTERM');
  setTimeout(() => void signalWithin(command, 'SIGKILL').catch(() => {}), graceMs).unref();
}

/** What a command that has ended has left in its group or out of it. */
export async function killRemainders({ mark }: ContainerCommand): Promise<void> {
  await terminate(null, mark, 0);
}

/** Whether this process sees it and may signal it: root on the same machine may. A number alone proves nothing. */
function isInReach({ pid, mark }: ContainerCommand): boolean {
  return variableOf(pid, launchVariable) === mark;
}

/** By a shell beside it, as the same user: for a Kova without the right to signal what it sees. */
async function signalWithin({ container, pid }: ContainerCommand, signal: string): Promise<void> {
  const within = /^NSpid:.*\s(\d+)$/m.exec(readProc(`${pid}/status`))?.[1];
  if (within === undefined) return;
  const argv = ['/bin/sh', '-c', 'kill -s "$1" -- "-$2"', 'kova', signal.slice('SIG'.length), within];
  const exec = await container.exec({ Cmd: argv });
  await exec.start({ Detach: true });
}
