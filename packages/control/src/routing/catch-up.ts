import { diff } from '@kova/core/plan/diff';
import type { Route } from '@kova/core/traffic/route';
import type { Context } from '../context.ts';
import type { Store } from '../store/connect.ts';

/** The column's; a number that came from no store is not taken over. */
const highestVersion = 2_147_483_647;

interface Place {
  project: string;
  environment: string;
}

/**
 * Lifts the number of an environment's route above the one that the edge has: somebody else has changed it there, or the
 * store was put back to an earlier moment. Of a route that was removed the edge tells no number, only that it was
 * higher. A writer that was paused finds the number high enough already.
 * @returns what the edge had that is not recorded; null when it had nothing of that kind
 */
export async function catchUp(
  ctx: Pick<Context, 'db' | 'edge'>,
  { project, environment }: Place,
): Promise<string | null> {
  const there = (await ctx.edge.routes()).find(({ id }) => id === `${project}/${environment}`);
  const row = await ctx.db
    .selectFrom('environments')
    .select(['route', 'route_version'])
    .where((is) => is.and({ project, name: environment }))
    .executeTakeFirst();
  if (!row || (there && (there.version <= row.route_version || there.version >= highestVersion))) return null;
  const least = there?.version ?? row.route_version + 1;
  await liftNumber(ctx.db, { project, environment }, least);
  return there ? differenceOf(row.route, there) : goneFromEdge;
}

/** The next route of the environment gets a number above that. Idempotent. */
export async function liftNumber(db: Store, { project, environment }: Place, least: number): Promise<void> {
  if (least > highestVersion) return;
  await db
    .updateTable('environments')
    .set(({ fn, val }) => ({ route_version: fn<number>('greatest', ['route_version', val(least)]) }))
    .where((is) => is.and({ project, name: environment }))
    .execute();
}

function differenceOf(recorded: Route | null, there: Route): string {
  const changed = diff(content(recorded), content(there)).map(({ path }) => path.join('.'));
  return `the edge had another route than is recorded: ${changed.join(', ') || 'its number alone'}`;
}

export const goneFromEdge = 'the edge had no route any more';
export const putBack = 'the recorded route was put back';

function content(route: Route | null): object {
  return { ...route, version: 0 };
}
