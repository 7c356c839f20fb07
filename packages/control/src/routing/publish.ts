import { isDeepStrictEqual } from 'node:util';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import type { Route } from '@kova/core/traffic/route';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import { readEnvironment, releaseIn } from '../store/environments.ts';
import type { Schema } from '../store/schema.ts';
import { deriveRoute } from './derive.ts';

/** A newer route may be put in place between numbering one and handing it over, but not for ever. */
const attempts = 3;

/**
 * Brings the edge in line with the store: derives the environment's route from what is recorded, numbers it when it is
 * new, and hands it over. The row is locked meanwhile, and the edge refuses an older number, so whoever publishes,
 * whenever it wakes up, publishes the truth. Idempotent.
 */
export async function publishRoute(ctx: Context, project: string, environment: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const route = await numberRoute(ctx, project, environment);
    try {
      if (route) await ctx.edge.putRoute(route);
      return;
    } catch (error) {
      if (attempt === attempts || !hasCode(error, 'EDGE_STALE_ROUTE')) throw error;
      await catchUp(ctx, project, environment);
    }
  }
}

async function numberRoute(ctx: Context, project: string, environment: string): Promise<Route | null> {
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('environments')
      .select(['route', 'route_version'])
      .where('project', '=', project)
      .where('name', '=', environment)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw new KovaError('NOT_FOUND', `there is no environment ${environment} of ${project}`);
    const derived = await routeNow(ctx, trx, { project, environment, known: row.route });
    if (!derived) return null;
    const current = { ...derived, version: row.route_version };
    if (row.route && isDeepStrictEqual(row.route, current)) return row.route;
    const next = { ...derived, version: row.route_version + 1 };
    await trx
      .updateTable('environments')
      .set({ route: JSON.stringify(next), route_version: next.version })
      .where('project', '=', project)
      .where('name', '=', environment)
      .execute();
    return next;
  });
}

/** Where nothing runs any more, the route is the one there was, which leads nowhere. Null where there was none. */
async function routeNow(
  ctx: Context,
  trx: Transaction<Schema>,
  { project, environment, known }: { project: string; environment: string; known: Route | null },
): Promise<Omit<Route, 'version'> | null> {
  const { live, slots, weights } = await readEnvironment(trx, project, environment);
  const leading = live ?? slots[0];
  if (!leading) return known && { ...known, slots: [] };
  const { config } = await releaseIn(trx, leading);
  return deriveRoute(ctx, { project, environment, weights, slots, config });
}

/** The column's; a number that came from no store is not taken over. */
const highestVersion = 2_147_483_647;

/**
 * Lifts the number of an environment's route above the one that the edge has: the store may have been put back to an
 * earlier moment. A writer that was paused finds the number high enough already.
 */
async function catchUp(ctx: Context, project: string, environment: string): Promise<void> {
  const there = (await ctx.edge.routes()).find(({ id }) => id === `${project}/${environment}`);
  if (!there || there.version >= highestVersion) return;
  await ctx.db
    .updateTable('environments')
    .set(({ fn, val }) => ({ route_version: fn<number>('greatest', ['route_version', val(there.version)]) }))
    .where('project', '=', project)
    .where('name', '=', environment)
    .execute();
}
