import { constants } from 'node:os';
import { formatSize } from '@kova/core/config/size';
import type Docker from 'dockerode';
import { signalBase } from '../../commands/signal-base.ts';

/** How a program ended, by the exit code of its container: `exited with 3`, `was killed by SIGKILL`. */
export function exitInWords(code: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - signalBase);
  return signal ? `was killed by ${signal[0]}` : `exited with ${code}`;
}

/** How a container ended. */
export function containerEndInWords({ State, HostConfig }: Docker.ContainerInspectInfo): string {
  if (State.Error) return `could not be started (${State.Error})`;
  if (!State.OOMKilled) return exitInWords(State.ExitCode);
  const { Memory } = HostConfig;
  const limit = Memory ? `the ${formatSize(Memory)} of memory that it may have` : 'there is memory';
  return `was ended for taking more than ${limit}`;
}

/** What tini, the first process of a container, says when it cannot start the program: `exec npm failed: …`; else null. */
export function refusalOfInit(lastLine: string): string | null {
  return /^\[FATAL tini \(\d+\)\] (exec .*)$/.exec(lastLine)?.[1] ?? null;
}
