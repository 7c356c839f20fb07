import { isDeepStrictEqual } from 'node:util';
import { hasCode } from '@kova/core/errors/kova-error';
import type { Route } from '@kova/core/traffic/route';
import type { EdgeAdmin } from '@kova/edge/admin-client';
import { liftNumber } from '../../routing/catch-up.ts';
import type { Store } from '../../store/connect.ts';

export interface RoutesParts {
  db: Store;
  admin: EdgeAdmin;
  /** The route as this machine must have it. @throws when it cannot have it yet */
  localized: (route: Route) => Promise<Route>;
}

/** Gives the edge the recorded routes. @returns the numbers that it has in force, and why it lacks others */
export async function bringRoutes(parts: RoutesParts): Promise<{ routes: Record<string, number>; problems: string[] }> {
  const rows = await parts.db.selectFrom('environments').select('route').where('route', 'is not', null).execute();
  const there = new Map((await parts.admin.routes()).map((route) => [route.id, route]));
  const routes: Record<string, number> = {};
  const problems: string[] = [];
  for (const { route } of rows) {
    if (!route) continue;
    try {
      await bringRoute(parts, route, there.get(route.id));
      routes[route.id] = route.version;
    } catch (error) {
      if (hasCode(error, 'EDGE_UNAVAILABLE') || hasCode(error, 'STORE_UNAVAILABLE')) throw error;
      problems.push(`route ${route.id}: ${(error as Error).message}`);
    }
  }
  return { routes, problems };
}

async function bringRoute({ db, admin, localized }: RoutesParts, route: Route, there?: Route): Promise<void> {
  const local = await localized(route);
  if (isDeepStrictEqual(local, there)) return;
  await admin.putRoute(local).catch(async (error: unknown) => {
    if (!hasCode(error, 'EDGE_STALE_ROUTE')) throw error;
    // Somebody else has changed it here, or the store was put back: the control plane numbers it anew.
    const [project = '', environment = ''] = route.id.split('/');
    await liftNumber(db, { project, environment }, Math.max(there?.version ?? 0, route.version) + 1);
    throw error;
  });
}
