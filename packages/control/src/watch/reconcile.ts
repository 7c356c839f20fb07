import type { Context } from '../context.ts';
import { goneFromEdge, putBack } from '../routing/catch-up.ts';
import { publishRoute } from '../routing/publish.ts';
import { noteMended } from '../store/drifts.ts';
import { each } from './each.ts';

/**
 * Brings the edge of the home in line with the store where they differ: after either was away, an instance moved to
 * another port, or somebody else has changed a route.
 */
export class Reconciler {
  readonly #ctx: Context;
  /** Routes that this process has seen in place. */
  readonly #seen = new Set<string>();

  constructor(ctx: Context) {
    this.#ctx = { ...ctx, edge: ctx.ownEdge };
  }

  async look(): Promise<void> {
    const there = new Set((await this.#ctx.edge.routes()).map(({ id }) => id));
    const rows = await this.#ctx.db
      .selectFrom('environments')
      .select(['project', 'name'])
      .where('route', 'is not', null)
      .execute();
    await each(rows, async ({ project, name }) => {
      const id = `${project}/${name}`;
      const isGone = this.#seen.has(id) && !there.has(id);
      const told = await publishRoute(this.#ctx, project, name);
      this.#seen.add(id);
      if (!isGone || told) return;
      const drift = { project, environment: name, subject: 'route' as const, found: goneFromEdge, mend: putBack };
      await noteMended(this.#ctx.db, drift);
    });
  }
}
