import type { Context } from '../context.ts';
import { publishRoute } from '../routing/publish.ts';
import { each } from './each.ts';

/** Brings the edge in line with the store where they differ: after either was away, or an instance moved to another port. */
export async function reconcileRoutes(ctx: Context): Promise<void> {
  const rows = await ctx.db
    .selectFrom('environments')
    .select(['project', 'name'])
    .where('route', 'is not', null)
    .execute();
  await each(rows, ({ project, name }) => publishRoute(ctx, project, name));
}
