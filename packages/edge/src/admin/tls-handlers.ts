import { keyPairSchema } from '@kova/core/traffic/certificate';
import { challengeContext } from '../tls/challenges.ts';
import { first, type Handler } from './handler.ts';
import { alpnChallengeBody, certificateIdSchema, httpChallengeBody } from './schemas.ts';

/** Certificates by the route whose hosts they are for, and what proves to an authority whose the hosts are. */
export const tlsHandlers: readonly Handler[] = [
  ['GET', '/certificates', ({ certificates }) => certificates.list()],
  [
    'PUT',
    '/certificates/*',
    ({ certificates }, { params, body }) =>
      certificates.put(certificateIdSchema.parse(params[0]), keyPairSchema.parse(body)),
  ],
  ['DELETE', '/certificates/*', ({ certificates }, { params }) => certificates.remove(first(params))],
  [
    'PUT',
    '/challenges/http/*',
    ({ challenges }, { params, body }) =>
      void challenges.http.set(first(params), httpChallengeBody.parse(body).keyAuthorization),
  ],
  ['DELETE', '/challenges/http/*', ({ challenges }, { params }) => void challenges.http.delete(first(params))],
  [
    'PUT',
    '/challenges/alpn/*',
    ({ challenges }, { params, body }) =>
      void challenges.alpn.set(first(params), challengeContext(alpnChallengeBody.parse(body))),
  ],
  ['DELETE', '/challenges/alpn/*', ({ challenges }, { params }) => void challenges.alpn.delete(first(params))],
];
