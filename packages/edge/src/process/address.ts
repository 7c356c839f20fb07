import type { AddressInfo } from 'node:net';
import { KovaError } from '@kova/core/errors/kova-error';

export interface ListenAddress {
  host: string;
  port: number;
}

/** `127.0.0.1:4780`, `[::1]:4780`, `localhost:0`. */
export function parseAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (!host || port > 65535) throw new KovaError('INPUT_INVALID', `Not an address to listen on: ${text}`);
  return { host, port };
}

export function formatAddress({ address, family, port }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}
