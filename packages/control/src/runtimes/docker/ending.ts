import type Docker from 'dockerode';
import { containerEndInWords } from '../container/ending-words.ts';
import type { ContainerRecord } from './records.ts';

/** What a look at a container shows, that was launched and shall run. */
export type Finding =
  | { kind: 'runs' }
  | { kind: 'ended'; words: string }
  /** By hand, or by an engine that is just ending: one that crashes is restarting. */
  | { kind: 'stopped'; words: string }
  /** It runs, and was started again meanwhile: by the engine, or by hand. */
  | { kind: 'again' };

/** Null stands for a container that is no more. */
export function findingOf(
  seen: Docker.ContainerInspectInfo | null,
  { container, host }: Pick<ContainerRecord, 'container' | 'host'>,
): Finding {
  if (seen === null || (container && seen.Id !== container.id)) return ended('was removed by somebody');
  const { State, NetworkSettings } = seen;
  if (State.Restarting || State.Status === 'created' || State.OOMKilled) return ended(containerEndInWords(seen));
  if (!State.Running) return { kind: 'stopped', words: `${containerEndInWords(seen)}, as somebody stopped it` };
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
