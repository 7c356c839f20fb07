import { isDeepStrictEqual } from 'node:util';
import { environmentOf } from '@kova/core/environment/slot';
import { hasCode } from '@kova/core/errors/kova-error';
import type { Route } from '@kova/core/traffic/route';
import type { EdgeAdmin } from '@kova/edge/admin-client';
import { liftNumber } from '../../routing/catch-up.ts';
import type { Store } from '../../store/connect.ts';
import type { FollowedAssets } from './assets.ts';

export interface RoutesParts {
  db: Store;
  admin: EdgeAdmin;
  assets: FollowedAssets;
}

/** Gives the edge the recorded routes. @returns those that it has in force, and why it lacks others */
export async function bringRoutes(parts: RoutesParts): Promise<{ inForce: Route[]; problems: string[] }> {
  const rows = await parts.db.selectFrom('environments').select('route').where('route', 'is not', null).execute();
  const there = new Map((await parts.admin.routes()).map((route) => [route.id, route]));
  const inForce: Route[] = [];
  const problems: string[] = [];
  for (const { route } of rows) {
    if (!route) continue;
    try {
      inForce.push(await bringRoute(parts, route, there.get(route.id)));
    } catch (error) {
      if (hasCode(error, 'EDGE_UNAVAILABLE') || hasCode(error, 'STORE_UNAVAILABLE')) throw error;
      problems.push(`route ${route.id}: ${(error as Error).message}`);
    }
  }
  return { inForce, problems };
}

async function bringRoute({ db, admin, assets }: RoutesParts, route: Route, there?: Route): Promise<Route> {
  const local = await assets.localized(route);
  if (isDeepStrictEqual(local, there)) return local;
  await admin.putRoute(local).catch(async (error: unknown) => {
    if (!hasCode(error, 'EDGE_STALE_ROUTE')) throw error;
    // Somebody else has changed it here, or the store was put back: the control plane numbers it anew.
    await liftNumber(db, environmentOf(route.id), Math.max(there?.version ?? 0, route.version) + 1);
    throw error;
  });
  return local;
}
