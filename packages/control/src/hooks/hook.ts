import type { Provider } from '@kova/core/repository/provider';
import type { Secret } from '@kova/core/secret';

/** What a provider has sent, as it came: nothing of it is believed before `verify` says so. */
export interface HookRequest {
  headers: Headers;
  body: Buffer;
}

/** What a message of a provider says. */
export type HookEvent =
  | { kind: 'ping' }
  /** Nothing that Kova acts upon; the provider shows why to those who look at its deliveries. */
  | { kind: 'other'; why: string }
  | { kind: 'push'; branch: string; commit: string }
  | { kind: 'pull-request'; number: number; commit: string; fork: boolean };

/** How a provider signs its messages and what they say. Pure. */
export interface HookProvider {
  name: Exclude<Provider, 'git'>;
  /** In constant time. @param now ms since the epoch, for providers that sign the time */
  verify(request: HookRequest, secret: Secret, now: number): boolean;
  /** The provider's number of the message, which stays when it is sent again; null when it has none. */
  delivery(headers: Headers): string | null;
  /** Whether the number is signed as well, so that the same words under another number are another message. */
  signsDelivery: boolean;
  /** @throws KovaError INPUT_INVALID when it is not what the provider's documentation says */
  read(request: HookRequest): HookEvent;
}
