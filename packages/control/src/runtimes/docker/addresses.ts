import { BlockList, isIPv4 } from 'node:net';
import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { serviceAddresses } from '../../engine/service-address.ts';

/** What an address is chosen by. */
export type NetworkRange = Pick<Docker.NetworkInspectInfo, 'Name' | 'IPAM' | 'Containers'>;

/**
 * Fixed addresses for instances, none given to two. The engine gives its own from the low end of a range, so these are
 * taken from the high end down, below those of services; one that was given up comes last again, for somebody may still speak to it.
 */
export class Addresses {
  readonly #reserved = new Set<string>();
  readonly #last = new Map<string, number>();

  /** Reserves an address that an instance has already. */
  keep(host: string): void {
    this.#reserved.add(host);
  }

  release(host: string): void {
    this.#reserved.delete(host);
  }

  /** The address the instance had when it is of this network and nobody else's, else a free one. */
  take(network: NetworkRange, had: string, others: ReadonlySet<string>): string {
    const { first, last, holds } = rangeOf(network);
    if (had !== '' && holds(had) && !others.has(had)) {
      this.#reserved.add(had);
      return had;
    }
    const from = this.#last.get(network.Name) ?? last + 1;
    const count = last - first + 1;
    for (let step = 1; step <= count; step += 1) {
      const number = first + ((((from - first - step) % count) + count) % count);
      const host = textOf(number);
      if (this.#reserved.has(host) || others.has(host)) continue;
      this.#reserved.add(host);
      this.#last.set(network.Name, number);
      return host;
    }
    throw new KovaError('CONFLICT', `no address is free in the network ${network.Name}`, {
      next: 'Give the engine larger networks (`default-address-pools`), remove this network and deploy again.',
    });
  }
}

/** The addresses of the containers that are on a network now, but for those named. */
export function othersOn(network: NetworkRange, own: string): Set<string> {
  const endpoints = Object.values(network.Containers ?? {});
  const others = endpoints.filter(({ Name }) => Name !== own).map(({ IPv4Address }) => IPv4Address.split('/')[0] ?? '');
  return new Set([...others, gatewayOf(network)]);
}

function gatewayOf({ IPAM }: NetworkRange): string {
  return IPAM?.Config?.[0]?.Gateway ?? '';
}

function rangeOf({ Name, IPAM }: NetworkRange): { first: number; last: number; holds: (host: string) => boolean } {
  const subnet = IPAM?.Config?.[0]?.Subnet ?? '';
  const [base = '', bits = ''] = subnet.split('/');
  if (!isIPv4(base)) throw new KovaError('ENGINE_FAILED', `the network ${Name} has no IPv4 range`);
  const list = new BlockList();
  list.addSubnet(base, Number(bits));
  const start = numberOf(base);
  return {
    first: start + 2,
    last: start + 2 ** (32 - Number(bits)) - 2 - serviceAddresses,
    holds: (host) => list.check(host),
  };
}

function numberOf(host: string): number {
  return host.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
