import { expect, test } from 'vitest';
import { bucketOf } from '../count/histogram.ts';
import { HostMap } from './match.ts';

test('exact, then the longest wildcard, then any', () => {
  const hosts = new HostMap([
    ['shop.test', 'exact'],
    ['*.shop.test', 'wild'],
    ['*.eu.shop.test', 'wilder'],
    ['*', 'any'],
  ]);
  const found = [
    'shop.test',
    'SHOP.test:443',
    'shop.test.',
    'a.shop.test',
    'b.eu.shop.test:1',
    'xshop.test',
    '[::1]:80',
  ];
  expect(found.map((host) => hosts.match(host))).toEqual(['exact', 'exact', 'exact', 'wild', 'wilder', 'any', 'any']);
  expect(new HostMap([['a.test', 1]]).match('b.test')).toBeUndefined();
});

test('a latency on a bound belongs to its bucket', () => {
  expect([0, 1, 1.01, 100, 60_000, 60_001].map(bucketOf)).toEqual([0, 0, 1, 15, 46, 47]);
});
