import { EdgeAdmin } from '@kova/edge/admin-client';
import { request } from 'undici';
import type { Edge } from './ports/edge.ts';

/** The edge behind its control socket; `listen` is where users reach it. */
export function edgeAt(socketPath: string, listen: string): Edge {
  const admin = new EdgeAdmin(socketPath);
  return {
    putRoute: (route) => admin.putRoute(route),
    routes: () => admin.routes(),
    counters: (routeId) => admin.counters(routeId),
    drain: (slotId, options) => admin.drain(slotId, options),
    openDoor: (target) => admin.openDoor(target),
    servedRelease: async (host, path) => {
      const options = { headers: { host }, signal: AbortSignal.timeout(10_000) };
      const answer = await request(`http://${listen}${path}`, options).catch(() => null);
      await answer?.body.dump().catch(() => undefined);
      const release = answer?.headers['x-kova-release'];
      return typeof release === 'string' ? release : null;
    },
  };
}
