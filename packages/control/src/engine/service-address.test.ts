import { expect, test } from 'vitest';
import { serviceAddress } from './service-address.ts';

const network = (Subnet: string) => ({ Name: 'one', IPAM: { Driver: 'default', Config: [{ Subnet, Gateway: '' }] } });

test.each([
  ['10.130.4.32/27', '10.130.4.62', '10.130.4.61'],
  ['172.18.0.0/16', '172.18.255.254', '172.18.255.253'],
  ['192.168.16.0/20', '192.168.31.254', '192.168.31.253'],
])('the services of %s are at its upper end', (subnet, postgres, redis) => {
  expect(serviceAddress(network(subnet), 'postgres')).toBe(postgres);
  expect(serviceAddress(network(subnet), 'redis')).toBe(redis);
});

test('a network without an IPv4 range is named', () => {
  expect(() => serviceAddress(network(''), 'redis')).toThrow('the network one has no IPv4 range');
});
