import { setTimeout as sleep } from 'node:timers/promises';
import type { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall, engineStatus } from './explain.ts';

const patienceMs = 30_000;
const pollMs = 50;

export interface NamedContainer {
  /** For errors: `creating shop-db`. */
  doing: string;
  options: Docker.ContainerCreateOptions & { name: string };
  /** Asked again and again while the name is taken. Returns whether the container of that name is there and will do. */
  whenTaken: () => Promise<boolean>;
  signal?: AbortSignal;
}

/**
 * Makes a container under a name that may be taken: by one that is there, by somebody who makes it just now, or by one
 * who has asked for it and died. The engine then has given the name away already, and has no such container yet, or
 * never.
 * @throws KovaError as `engineCall`, when the name is still taken after 30 s as well; the signal's reason
 */
export async function createNamed(engine: Docker, container: NamedContainer): Promise<Docker.Container> {
  const { doing, whenTaken, signal } = container;
  const options = signal ? { ...container.options, abortSignal: signal } : container.options;
  const until = performance.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await engineCall(doing, () => engine.createContainer(options));
    } catch (error) {
      if (engineStatus((error as KovaError).cause) !== 409 || performance.now() > until) throw error;
    }
    if (await whenTaken()) return engine.getContainer(options.name);
    await sleep(pollMs, undefined, signal ? { signal } : {});
  }
}
