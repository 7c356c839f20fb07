import { isIPv4 } from 'node:net';
import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';

/** The range of a network: its lowest address and its highest, which is for broadcasts, both as numbers. */
export interface Ipv4Range {
  first: number;
  broadcast: number;
}

/** @throws KovaError ENGINE_FAILED when the network has none */
export function ipv4RangeOf({ Name, IPAM }: Pick<Docker.NetworkInspectInfo, 'Name' | 'IPAM'>): Ipv4Range {
  const [base = '', bits = ''] = (IPAM?.Config?.[0]?.Subnet ?? '').split('/');
  if (!isIPv4(base)) throw new KovaError('ENGINE_FAILED', `the network ${Name} has no IPv4 range`);
  const first = ipv4Number(base);
  return { first, broadcast: first + 2 ** (32 - Number(bits)) - 1 };
}

/** Of an address in dots, such as `10.0.0.1`. */
export function ipv4Number(host: string): number {
  return host.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

/** In dots. */
export function ipv4Text(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
