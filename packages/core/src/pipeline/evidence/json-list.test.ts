import { expect, test } from 'vitest';
import { z } from 'zod';
import { listOf, mapOf } from './json-list.ts';

const schema = z.object({ list: listOf(z.object({ n: z.number() })), map: mapOf(z.number()).optional() });

test('of many bad values the first is told, with its path', () => {
  const issuesOf = (value: unknown) => schema.safeParse(value).error?.issues.map(({ path }) => path);
  expect(issuesOf({ list: [{ n: 1 }, { n: 'a' }, { n: 'b' }, null] })).toEqual([['list', 1, 'n']]);
  expect(issuesOf({ list: [], map: { a: 1, b: 'x', c: 'y' } })).toEqual([['map', 'b']]);
  expect(issuesOf({ list: {}, map: [] })).toEqual([['list'], ['map']]);
});

test('a map takes any name', () => {
  const { map } = schema.parse(JSON.parse('{"list":[{"n":1}],"map":{"__proto__":1,"constructor":2}}'));
  expect(map?.get('constructor')).toBe(2);
  expect(map?.get('toString')).toBeUndefined();
});
