import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readJson } from './json.ts';

const rows = z.array(z.object({ name: z.string(), of: z.unknown() }));

test('the line of what the schema refuses, whatever stands before it', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.nat(8), (values, at) => {
      const lines = values.map((of) => JSON.stringify({ name: 'n', of }));
      const bad = Math.min(at, lines.length);
      lines.splice(bad, 0, '{"of":[],"name":7}');
      expect(() => readJson(`[\n${lines.join(',\n')}\n]`, rows)).toThrow(
        `line ${bad + 2}: [${bad}].name: Invalid input: expected string, received number`,
      );
    }),
  );
});

test('what is missing is told with the line of what it is missing from', () => {
  expect(() => readJson('[\n{"name":"a","of":1},\n{\n"x": {}\n}]', rows)).toThrow('line 3: [1].name: Invalid input');
});

test.each([
  ['[\n{"name": "a",}]', 'line 2: no JSON: property name expected'],
  ['[\n\n{"name": "a"', 'line 3: no JSON: close brace expected'],
  ['[\n{"name": "a\n"}]', 'line 2: no JSON: unexpected end of string'],
  ['[\n// a comment\n]', 'line 2: no JSON: invalid comment token'],
  ['[]\n[]', 'line 2: no JSON: end of file expected'],
  ['\nNaN', 'line 2: no JSON: invalid symbol'],
])('what is no JSON is refused with its line: %j', (text, message) => {
  expect(() => readJson(text, rows)).toThrow(message);
});
