import type { LiveRoute } from '../table/live-route.ts';
import type { Certificates } from '../tls/certificates.ts';
import { isChallenge } from '../tls/challenges.ts';
import type { EdgeAnswer } from './answer.ts';
import type { RequestHead } from './request-head.ts';

/** What a request over plain HTTP is told that shall come by https; null for all others. */
export function redirectToTls(
  { route: { tls } }: LiveRoute,
  head: RequestHead,
  certificates: Certificates,
): EdgeAnswer | null {
  if (tls === undefined || tls.redirectPort === null || head.proto === 'https') return null;
  if (isChallenge(head.target) || certificates.match(head.host) === undefined) return null;
  const name = head.host.replace(/:\d*$/, '');
  const port = tls.redirectPort === 443 ? '' : `:${tls.redirectPort}`;
  const location = `https://${name}${port}${head.target}`;
  return { status: 308, message: `This site is at ${location}`, location };
}
