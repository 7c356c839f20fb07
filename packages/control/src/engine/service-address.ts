import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';

export const serviceKinds = ['postgres', 'redis'] as const;
export type ServiceKind = (typeof serviceKinds)[number];

/** Addresses at the upper end of an environment's network which are for services alone; some are for kinds to come. */
export const serviceAddresses = 4;

/** The address of a service on its environment's network, the same for ever: apps keep it in their environment. */
export function serviceAddress({ Name, IPAM }: Pick<Docker.NetworkInspectInfo, 'Name' | 'IPAM'>, kind: ServiceKind) {
  const [base = '', bits = ''] = (IPAM?.Config?.[0]?.Subnet ?? '').split('/');
  const parts = base.split('.').map(Number);
  if (parts.length !== 4) throw new KovaError('ENGINE_FAILED', `the network ${Name} has no IPv4 range`);
  const broadcast = parts.reduce((number, part) => number * 256 + part, 0) + 2 ** (32 - Number(bits)) - 1;
  const number = broadcast - 1 - serviceKinds.indexOf(kind);
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
