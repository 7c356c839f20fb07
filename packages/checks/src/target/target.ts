import { KovaError } from '@kova/core/errors/kova-error';
import { z } from 'zod';
import { cannotCheck, type Place } from '../check.ts';

/** The app that is asked. */
export interface Target {
  base: URL;
  /** Sent with each request, such as those that reach an idle slot. */
  headers: Readonly<Record<string, string>>;
}

const headersSchema = z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), z.string());

/**
 * What BASE_URL and BASE_HEADERS (a JSON object) say.
 * @throws KovaError CHECK_IMPOSSIBLE without BASE_URL, CHECK_FAILED when one of them is malformed
 */
export function readTarget({ env }: Place): Target {
  if (!env.BASE_URL) throw cannotCheck('BASE_URL is not set', 'serve the app and set BASE_URL to its address');
  const base = URL.parse(env.BASE_URL);
  if (!base || !/^https?:$/.test(base.protocol)) {
    throw new KovaError('CHECK_FAILED', `BASE_URL is no http address: ${env.BASE_URL}`);
  }
  return { base, headers: readHeaders(env.BASE_HEADERS) };
}

function readHeaders(text: string | undefined): Record<string, string> {
  if (!text) return {};
  try {
    return headersSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new KovaError('CHECK_FAILED', 'BASE_HEADERS is no JSON object of headers', { cause });
  }
}

/** The address of a path with its query; whatever the path, the host stays. */
export function urlOf({ base }: Target, path: string): URL {
  const [pathname = '', ...query] = path.split('?');
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/${pathname.replace(/^\//, '')}`;
  url.search = query.join('?');
  return url;
}
