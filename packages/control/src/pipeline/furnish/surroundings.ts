import type { Secret } from '@kova/core/secret';

/** What a job finds around it; ended in reverse when the job has ended, whatever came of it. */
export class Surroundings {
  readonly env: Record<string, string | Secret> = {};
  readonly #endings: Array<() => Promise<void>> = [];

  add(env: Record<string, string | Secret>, end: () => Promise<void>): void {
    Object.assign(this.env, env);
    this.#endings.push(end);
  }

  async end(): Promise<void> {
    for (const end of this.#endings.splice(0).toReversed()) await end().catch(() => undefined);
  }
}

/** Why a job cannot be run here, and what to do about it: it is inconclusive, not failed. */
export class NotRunnable extends Error {}
