import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEvents } from './sse.ts';

async function* cut(bytes: Uint8Array, at: readonly number[]) {
  const ends = [...new Set(at.map((end) => end % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    yield bytes.subarray(from, end);
    from = end;
  }
}

const read = (text: string, at: readonly number[] = []) =>
  Array.fromAsync(parseEvents(cut(new TextEncoder().encode(text), at)));

test.each(['\n', '\r\n', '\r'])('lines that end with %j, however the bytes are cut', async (end) => {
  const lines = [
    ': hello',
    'event: x',
    'id: 7',
    'data: {"a":"é→😀"}',
    '',
    'data:two',
    'data: lines',
    '',
    '',
    'data',
    '',
    '',
  ];
  const wanted = ['{"a":"é→😀"}', 'two\nlines', ''];
  // What follows the last CR tells whether it was half of CR LF.
  const text = `${lines.join(end)}: last${end}`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat()), async (at) => {
      expect(await read(text, at)).toEqual(wanted);
    }),
  );
});

test('an event that is cut off at the end does not count', async () => {
  expect(await read('data: whole\n\ndata: half\n')).toEqual(['whole']);
  expect(await read('')).toEqual([]);
});
