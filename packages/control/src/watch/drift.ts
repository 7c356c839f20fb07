import type { Context } from '../context.ts';
import { type Finding, findDrift } from '../plan/drift.ts';
import { closeDrifts, noteDrift } from '../store/drifts.ts';
import { each } from './each.ts';

interface Place {
  project: string;
  environment: string;
}

/**
 * Records where what runs is not as it is recorded, and that it is again. What is on its way is left alone, and what is
 * seen once only was on its way, too: an instance that ended is started again in a moment.
 */
export class DriftWatch {
  readonly #ctx: Context;
  #before = new Map<string, readonly Finding[]>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  async look(): Promise<void> {
    const seen = new Map<string, readonly Finding[]>();
    await each(await this.#settled(), async ({ live, ...place }) => {
      const found = await findDrift(this.#ctx, live);
      seen.set(live, found);
      await this.#record(place, found, this.#before.get(live) ?? []);
    });
    this.#before = seen;
  }

  async #record(place: Place, found: readonly Finding[], before: readonly Finding[]): Promise<void> {
    const lasting = found.filter(({ subject }) => before.some((finding) => finding.subject === subject));
    for (const finding of lasting) await noteDrift(this.#ctx.db, { ...place, ...finding });
    const still = found.map(({ subject }) => subject);
    await closeDrifts(this.#ctx.db, place, still);
  }

  /** Environments in which something is live and nothing is at work. */
  async #settled(): Promise<(Place & { live: string })[]> {
    const rows = await this.#ctx.db
      .selectFrom('environments')
      .innerJoin('deployments as live', 'live.id', 'live_deployment')
      .select(['environments.project', 'environments.name as environment', 'live.id as live'])
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('deployments')
              .select('id')
              .whereRef('deployments.project', '=', 'environments.project')
              .whereRef('deployments.environment', '=', 'environments.name')
              .where('ended_at', 'is', null)
              .where('phase', '!=', 'live'),
          ),
        ),
      )
      .execute();
    return rows;
  }
}
