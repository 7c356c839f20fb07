import { KovaError } from '@kova/core/errors/kova-error';
import { z } from 'zod';
import type { PushTarget } from '../../ports/images.ts';

export interface AuthorizationWish {
  /** What the registry asks for: its header `WWW-Authenticate`; null when it asks for nothing. */
  challenge: string | null;
  /** `repository:team/shop:pull,push`. */
  scope: string;
  credentials: PushTarget['credentials'];
  /** Whether passwords may go over plain HTTP. */
  insecure: boolean;
  signal: AbortSignal;
}

const grant = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * The header `Authorization` for a registry: a password, or the token that its authority gives for it ("Token
 * Authentication Specification" of the Distribution project). Null when there is nothing to show.
 * @throws KovaError REGISTRY_REFUSED
 */
export async function authorizationFor(wish: AuthorizationWish): Promise<string | null> {
  const { challenge, credentials } = wish;
  const scheme = challenge?.split(' ', 1)[0]?.toLowerCase();
  if (scheme === 'basic') return credentials ? basic(credentials) : null;
  return scheme === 'bearer' ? `Bearer ${await tokenFor(wish)}` : null;
}

function basic({ username, password }: NonNullable<PushTarget['credentials']>): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}

async function tokenFor({ challenge, scope, credentials, insecure, signal }: AuthorizationWish): Promise<string> {
  const { realm = '', service } = parametersOf(challenge ?? '');
  const address = URL.parse(realm);
  if (!address || (address.protocol !== 'https:' && !insecure))
    throw new KovaError('REGISTRY_REFUSED', `the registry sends to ${realm || 'nobody'} for a token, not to https://…`);
  address.searchParams.set('scope', scope);
  if (service) address.searchParams.set('service', service);
  const headers = credentials ? { authorization: basic(credentials) } : undefined;
  const answer = await fetch(address, { redirect: 'error', signal, ...(headers && { headers }) });
  const refusal = () =>
    new KovaError('REGISTRY_REFUSED', `${address.host} gives no token: it answered ${answer.status}`);
  if (!answer.ok) throw refusal();
  const granted = grant.safeParse(await answer.json().catch(() => null));
  const token = granted.data?.token ?? granted.data?.access_token;
  if (!token) throw refusal();
  return token;
}

function parametersOf(challenge: string): Record<string, string> {
  return Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}
