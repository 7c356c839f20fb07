import { KovaError } from '@kova/core/errors/kova-error';
import type { Place } from '../check.ts';

/** Whether a host name always means this machine. Names below `localhost` do (RFC 6761), known to the resolver or not. */
export function isLoopback(hostname: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:.+\.)?localhost)$/.test(hostname);
}

/** Where to connect for a host: names below `localhost` are not known to every resolver. */
export function connectHost(hostname: string): string {
  return hostname.endsWith('.localhost') ? '127.0.0.1' : hostname.replace(/^\[|\]$/g, '');
}

/**
 * Load goes to this machine or to the project's own environments, never to somebody else's. In a job of Kova it goes to
 * the app that the job was given, KOVA_TARGET, and to nothing else.
 * @throws KovaError TARGET_REFUSED
 */
export function assertOwn({ hostname, origin }: URL, { env }: Place): void {
  if (env.KOVA_TARGET !== undefined) {
    assertGiven(origin, env.KOVA_TARGET);
    return;
  }
  const own = (env.KOVA_TARGET_HOSTS ?? '').split(',').map((host) => host.trim().toLowerCase());
  if (isLoopback(hostname) || own.includes(hostname)) return;
  throw new KovaError(
    'TARGET_REFUSED',
    `${hostname} is neither this machine nor one of KOVA_TARGET_HOSTS: no load goes there`,
  );
}

function assertGiven(origin: string, given: string): void {
  if (given !== '' && URL.parse(given)?.origin === origin) return;
  const what = given === '' ? 'this job was given no app' : `the app that this job was given is at ${given}`;
  throw new KovaError('TARGET_REFUSED', `${what}: no load goes to ${origin}`, {
    next: 'Leave BASE_URL as Kova sets it: in a check of an environment, or with `serve: true`.',
  });
}
