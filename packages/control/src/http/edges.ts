import type { Context } from '../context.ts';
import type { FollowingEdge } from '../edges/followers.ts';
import type { EdgeView } from './views.ts';

/** The edges that follow, with what each lacks of what is recorded. */
export async function readEdges({ db, followers }: Pick<Context, 'db' | 'followers'>): Promise<EdgeView[]> {
  const all = await followers.all();
  if (all.length === 0) return [];
  const rows = await db.selectFrom('environments').select('route').where('route', 'is not', null).execute();
  const recorded = rows.flatMap(({ route }) => (route ? [route] : []));
  return all.map((follower) => {
    const { name, address, silentMs, heardAt, report } = follower;
    const { routes, problem } = report;
    const behind = recorded.filter(({ id, version }) => (routes[id] ?? -1) < version).map(({ id }) => id);
    return {
      ...{ name, address, state: stateOf(follower, behind), behind, problem },
      ...{ heardAt: heardAt.toISOString(), silentMs: Math.max(0, Math.round(silentMs)) },
    };
  });
}

function stateOf({ lost, report }: FollowingEdge, behind: readonly string[]): EdgeView['state'] {
  if (lost) return 'lost';
  return behind.length > 0 || report.problem !== null ? 'behind' : 'in-line';
}
