import { expect, test } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { automatic } from './automatic.ts';

test('a release comes by itself to all environments before the first that is manual, and not to those after it', () => {
  const config = { name: 'shop', app: { start: 'x' }, environments: { a: {}, b: {}, c: { deploy: 'manual' }, d: {} } };
  const { environments } = parseConfig(config);
  expect(automatic(['a', 'b', 'c', 'd'], environments)).toEqual(['a', 'b']);
  expect(automatic(['a', 'b', 'd'], environments)).toEqual(['a', 'b', 'd']);
  expect(automatic(['c', 'a'], environments)).toEqual([]);
});
