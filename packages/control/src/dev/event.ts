/** What a development environment is made of, and what is done to make it ready. */
export type Part =
  | 'prerequisites'
  | 'env file'
  | 'certificate'
  | 'dependencies'
  | 'postgres'
  | 'redis'
  | 'migrations'
  | 'app'
  | 'proxy';

/** Where things are; no passwords in it. What is not there is null. */
export interface Addresses {
  app: string;
  https: string;
  database: string | null;
  redis: string | null;
  /** The directory of the logs. */
  logs: string;
  /** The file with the addresses as the app has them, passwords included; null where they are in compose.yaml. */
  connect: string | null;
}

/** What happens in a development environment, in the order that it happens. */
export type DevEvent =
  | { type: 'begun'; part: Part }
  | { type: 'done'; part: Part; about: string; ms: number }
  /** Something that a person should know, and may act upon. */
  | { type: 'note'; part: Part; text: string }
  /** A line that a program printed. */
  | { type: 'line'; part: Part; line: string }
  | { type: 'ready'; addresses: Addresses; ms: number }
  /** A part ended that should run: how, and its last lines. */
  | { type: 'ended'; part: Part; how: string; tail: readonly string[]; next: string }
  | { type: 'restarted'; part: Part; ms: number }
  | { type: 'stopping' };

export type Emit = (event: DevEvent) => void;

/** Tells when a part is begun and when it is done; `work` gives what is to be said about it. */
export async function part<T>(emit: Emit, name: Part, work: () => Promise<{ about: string; value: T }>): Promise<T> {
  const startedAt = performance.now();
  emit({ type: 'begun', part: name });
  const { about, value } = await work();
  emit({ type: 'done', part: name, about, ms: performance.now() - startedAt });
  return value;
}
