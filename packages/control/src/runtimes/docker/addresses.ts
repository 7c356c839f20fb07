import { isIPv4 } from 'node:net';
import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { ipv4Number, ipv4RangeOf, ipv4Text } from '../../engine/ipv4.ts';
import { serviceAddresses } from '../../engine/service-address.ts';

/** What an address is chosen by. */
export type NetworkRange = Pick<Docker.NetworkInspectInfo, 'Name' | 'IPAM' | 'Containers'>;

/**
 * Fixed addresses for instances, none given to two. The engine gives its own from the low end of a range, so these are
 * taken from the high end down, below those of services; one that was given up comes last again, for somebody may
 * still speak to it.
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
      const host = ipv4Text(number);
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

/** Those that instances may have: the lowest is the engine's own, the upper end is for services. */
function rangeOf(network: NetworkRange): { first: number; last: number; holds: (host: string) => boolean } {
  const { first, broadcast } = ipv4RangeOf(network);
  return {
    first: first + 2,
    last: broadcast - 1 - serviceAddresses,
    holds: (host) => isIPv4(host) && ipv4Number(host) >= first && ipv4Number(host) <= broadcast,
  };
}
