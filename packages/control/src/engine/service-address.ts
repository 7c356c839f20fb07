import type Docker from 'dockerode';
import { ipv4RangeOf, ipv4Text } from './ipv4.ts';

export const serviceKinds = ['postgres', 'redis'] as const;
export type ServiceKind = (typeof serviceKinds)[number];

/** Addresses at the upper end of an environment's network which are for services alone; some are for kinds to come. */
export const serviceAddresses = 4;

/** The address of a service on its environment's network, the same for ever: apps keep it in their environment. */
export function serviceAddress(network: Pick<Docker.NetworkInspectInfo, 'Name' | 'IPAM'>, kind: ServiceKind): string {
  return ipv4Text(ipv4RangeOf(network).broadcast - 1 - serviceKinds.indexOf(kind));
}
