import { constants } from 'node:os';
import { formatSize } from '@kova/core/config/size';
import type Docker from 'dockerode';
import type { ContainerRecord } from './records.ts';

/** What a look at a container shows, that was launched and shall run. */
export type Finding =
  | { kind: 'runs' }
  | { kind: 'ended'; words: string }
  /** By hand, or by an engine that is just ending: one that crashes is restarting. */
  | { kind: 'stopped'; words: string }
  /** It runs, and was started again meanwhile: by the engine, or by hand. */
  | { kind: 'again' };

const signalBase = 128;

/** Null stands for a container that is no more. */
export function findingOf(
  seen: Docker.ContainerInspectInfo | null,
  { container, host }: Pick<ContainerRecord, 'container' | 'host'>,
): Finding {
  if (seen === null || (container && seen.Id !== container.id)) return ended('was removed by somebody');
  const { State, NetworkSettings } = seen;
  if (State.Restarting || State.Status === 'created' || State.OOMKilled) return ended(endingOf(seen));
  if (!State.Running) return { kind: 'stopped', words: `${endingOf(seen)}, as somebody stopped it` };
  if (State.Paused) return ended('was paused by somebody');
  const addresses = Object.values(NetworkSettings.Networks ?? {}).map(({ IPAddress }) => IPAddress);
  if (!addresses.includes(host)) return ended('was taken off its network by somebody');
  if (container && State.StartedAt !== container.startedAt) {
    return { kind: 'again' };
  }
  return { kind: 'runs' };
}

function ended(words: string): Finding {
  return { kind: 'ended', words };
}

function endingOf({ State, HostConfig }: Docker.ContainerInspectInfo): string {
  if (State.Error) return `could not be started (${State.Error})`;
  if (State.OOMKilled) {
    const limit = HostConfig.Memory
      ? `the ${formatSize(HostConfig.Memory)} of memory that it may have`
      : 'there is memory';
    return `was ended for taking more than ${limit}`;
  }
  const signal = Object.entries(constants.signals).find(([, number]) => number === State.ExitCode - signalBase);
  return signal ? `was killed by ${signal[0]}` : `exited with ${State.ExitCode}`;
}
