import { isDeepStrictEqual } from 'node:util';
import type { AppConfig } from '@kova/core/config/schema';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import type { Route } from '@kova/core/traffic/route';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import { noteMended } from '../store/drifts.ts';
import { readEnvironment, releaseIn, type SlotRecord } from '../store/environments.ts';
import type { Schema } from '../store/schema.ts';
import { catchUp, putBack } from './catch-up.ts';
import { deriveRoute } from './derive.ts';

/** A newer route may be put in place between numbering one and handing it over, but not for ever. */
const attempts = 3;

/**
 * Brings the edge in line with the store: derives the environment's route from what is recorded, numbers it when it is
 * new, and hands it over. The row is locked meanwhile, and the edge refuses an older number, so whoever publishes,
 * whenever it wakes up, publishes the truth. Idempotent.
 * @returns whether it has put back what somebody else had changed, which is recorded
 */
export async function publishRoute(ctx: Context, project: string, environment: string): Promise<boolean> {
  let found: string | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const { route, isNew } = await numberRoute(ctx, project, environment);
    if (isNew) ctx.bell.ring('edges');
    try {
      if (route) await ctx.edge.putRoute(route);
      if (found) await noteMended(ctx.db, { project, environment, subject: 'route', found, mend: putBack });
      return found !== null;
    } catch (error) {
      if (attempt === attempts || !hasCode(error, 'EDGE_STALE_ROUTE')) throw error;
      found = (await catchUp(ctx, { project, environment })) ?? found;
    }
  }
}

interface Numbered {
  /** Null where nothing has ever run. */
  route: Route | null;
  isNew: boolean;
}

async function numberRoute(ctx: Context, project: string, environment: string): Promise<Numbered> {
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
    if (!derived) return { route: null, isNew: false };
    const current = { ...derived, version: row.route_version };
    if (row.route && isDeepStrictEqual(row.route, current)) return { route: row.route, isNew: false };
    const next = { ...derived, version: row.route_version + 1 };
    await trx
      .updateTable('environments')
      .set({ route: JSON.stringify(next), route_version: next.version })
      .where('project', '=', project)
      .where('name', '=', environment)
      .execute();
    return { route: next, isNew: true };
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
  const app = {
    ...config.app,
    assets:
      config.app.assets ??
      (await assetsOf(
        trx,
        slots.filter((slot) => slot !== leading),
      )),
  };
  return deriveRoute(ctx, { project, environment, weights, slots, config: { ...config, app } });
}

/** A release that is the first to have assets has them before it is live: users are on it while traffic shifts. */
async function assetsOf(trx: Transaction<Schema>, others: readonly SlotRecord[]): Promise<AppConfig['assets']> {
  for (const slot of others) {
    const { assets } = (await releaseIn(trx, slot)).config.app;
    if (assets) return assets;
  }
  return null;
}
