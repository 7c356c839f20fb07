import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import type Docker from 'dockerode';
import { z } from 'zod';
import { engineCall } from '../../engine/explain.ts';

/** Where a repository of images is. */
export interface RepositoryAddress {
  /** `registry.example.com:5000`. */
  host: string;
  /** `team/shop`. */
  path: string;
}

/** What names without a host mean, and where its API is. */
const hub = 'docker.io';
const hubApi = 'registry-1.docker.io';

/** A first part that cannot be a host is a part of the path, as engines read names. */
export function repositoryAddress(name: string): RepositoryAddress {
  const [first = '', ...rest] = name.split('/');
  if (rest.length === 0 || !/[.:]|^localhost$/.test(first)) return { host: hubApi, path: name };
  const path = rest.join('/');
  return first === hub ? { host: hubApi, path } : { host: first, path };
}

const engineInfo = z.object({
  RegistryConfig: z.object({
    InsecureRegistryCIDRs: z.array(z.string()).nullish(),
    IndexConfigs: z.record(z.string(), z.object({ Secure: z.boolean().default(true) })).nullish(),
  }),
});

/** Whether the engine takes the registry without TLS: one on loopback, or of its `insecure-registries`. */
export async function isInsecure(engine: Docker, host: string): Promise<boolean> {
  const info = engineInfo.parse(await engineCall('asking the engine of its registries', () => engine.info()));
  const { InsecureRegistryCIDRs, IndexConfigs } = info.RegistryConfig;
  if (IndexConfigs?.[host]?.Secure === false) return true;
  const ranges = new BlockList();
  for (const range of InsecureRegistryCIDRs ?? []) addRange(ranges, range);
  const found = await lookup(new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '')).catch(() => null);
  return found !== null && ranges.check(found.address, isIPv6(found.address) ? 'ipv6' : 'ipv4');
}

function addRange(ranges: BlockList, range: string): void {
  const [network = '', bits = ''] = range.split('/');
  ranges.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
}
