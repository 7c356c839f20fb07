import { isIP } from 'node:net';
import { KovaError } from '@kova/core/errors/kova-error';
import type { ControlPlace } from './home/control-record.ts';

const usualPort = 4700;
const usualEdge = '127.0.0.1:4780';

/** Where the API shall listen: KOVA_PORT on loopback. @throws KovaError INPUT_INVALID */
export function apiAddress(env: NodeJS.ProcessEnv = process.env): { host: string; port: number } {
  const port = Number(env.KOVA_PORT || usualPort);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { host: '127.0.0.1', port };
  throw new KovaError('INPUT_INVALID', `KOVA_PORT is not a port: ${env.KOVA_PORT}`, {
    next: `Set it to a number from 0 to 65535, or unset it for ${usualPort}.`,
  });
}

/** Where the edge shall listen: KOVA_EDGE_LISTEN. */
export function edgeAddress(env: NodeJS.ProcessEnv = process.env): string {
  return env.KOVA_EDGE_LISTEN || usualEdge;
}

/** Whether somebody else starts and stops the edge: KOVA_EDGE is `external`, not unset. @throws KovaError INPUT_INVALID */
export function isEdgeExternal(env: NodeJS.ProcessEnv = process.env): boolean {
  if (!env.KOVA_EDGE) return false;
  if (env.KOVA_EDGE === 'external') return true;
  throw new KovaError('INPUT_INVALID', `KOVA_EDGE is ${env.KOVA_EDGE}`, {
    next: 'Set it to external where a supervisor keeps `kova edge`, or unset it.',
  });
}

/** Where the edge shall end TLS: KOVA_EDGE_TLS_LISTEN; null for nowhere. */
export function edgeTlsAddress(env: NodeJS.ProcessEnv = process.env): string | null {
  return env.KOVA_EDGE_TLS_LISTEN || null;
}

/** The port by which users reach that: KOVA_EDGE_TLS_PORT, else the one it is bound to. @throws KovaError INPUT_INVALID */
export function publicTlsPort(bound: number, env: NodeJS.ProcessEnv = process.env): number {
  const port = Number(env.KOVA_EDGE_TLS_PORT || bound);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new KovaError('INPUT_INVALID', `KOVA_EDGE_TLS_PORT is not a port: ${env.KOVA_EDGE_TLS_PORT}`, {
    next: 'Set it to the port that users connect to, or unset it where that is the one the edge listens on.',
  });
}

/**
 * What runs is adopted only when it is where the environment says it shall be; what that does not name may be anywhere.
 * @throws KovaError ALREADY_RUNNING with where it is and how to move it
 */
export function refuseElsewhere(
  { url, edge, edgeTls }: Partial<ControlPlace>,
  env: NodeJS.ProcessEnv = process.env,
): void {
  if (url && env.KOVA_PORT && !matches(`127.0.0.1:${env.KOVA_PORT}`, url)) {
    throw new KovaError('ALREADY_RUNNING', `Kova runs already, at ${url}; KOVA_PORT asks for ${env.KOVA_PORT}`, {
      next: 'To move the API: `kova down --keep-apps`, then `kova up`. To leave it there: unset KOVA_PORT.',
    });
  }
  if (edge && env.KOVA_EDGE_LISTEN && !matches(env.KOVA_EDGE_LISTEN, edge)) {
    const asked = env.KOVA_EDGE_LISTEN;
    throw new KovaError('ALREADY_RUNNING', `the edge runs already, at ${edge}; KOVA_EDGE_LISTEN asks for ${asked}`, {
      next: 'To move the edge: `kova down`, then `kova up`. To leave it there: unset KOVA_EDGE_LISTEN.',
    });
  }
  const tls = env.KOVA_EDGE_TLS_LISTEN;
  if (edge && tls && !(edgeTls && matches(tls, edgeTls))) {
    const where = edgeTls ? `ends TLS at ${edgeTls}` : 'ends TLS nowhere';
    throw new KovaError('ALREADY_RUNNING', `the edge runs already and ${where}; KOVA_EDGE_TLS_LISTEN asks for ${tls}`, {
      next: 'To move the edge: `kova down`, then `kova up`. To leave it as it is: unset KOVA_EDGE_TLS_LISTEN.',
    });
  }
}

/** Port 0 is any; a host given by name may be bound to any number. */
function matches(asked: string, origin: string): boolean {
  const { hostname, port, protocol } = new URL(origin);
  const [, host = '', wanted = ''] = /^(.*):(\d+)$/.exec(asked) ?? [];
  const sameHost = isIP(host.replace(/[[\]]/g, '')) === 0 || host === hostname;
  return sameHost && (wanted === '0' || Number(wanted) === Number(port || (protocol === 'https:' ? 443 : 80)));
}
