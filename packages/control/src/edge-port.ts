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
    certificates: () => admin.certificates(),
    putCertificate: (id, pair) => admin.putCertificate(id, pair),
    removeCertificate: (id) => admin.removeCertificate(id),
    putHttpChallenge: (token, keyAuthorization) => admin.putHttpChallenge(token, keyAuthorization),
    removeHttpChallenge: (token) => admin.removeHttpChallenge(token),
    putAlpnChallenge: (name, pair) => admin.putAlpnChallenge(name, pair),
    removeAlpnChallenge: (name) => admin.removeAlpnChallenge(name),
    served: async (host, path) => [{ by: 'the edge', release: await releaseServed(listen, host, path) }],
  };
}

/** The release that users of the host are served at the address; null when nothing answers. */
export async function releaseServed(address: string, host: string, path: string): Promise<string | null> {
  // As a proxy that has ended TLS: it is not sent elsewhere.
  const headers = { host, 'x-forwarded-proto': 'https' };
  const options = { headers, signal: AbortSignal.timeout(10_000) };
  const answer = await request(`http://${address}${path}`, options).catch(() => null);
  await answer?.body.dump().catch(() => undefined);
  const release = answer?.headers['x-kova-release'];
  return typeof release === 'string' ? release : null;
}
