import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ExecStream, execStreams, framesOf, maxMessageBytes, pieceOf } from './frame.ts';
import { SendWindow } from './window.ts';

/** Resolves when all that waits for nothing else has gone on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 1000; turn += 1) await undefined;
}

test('what is cut into messages comes together again, and no message is too large', () => {
  fc.assert(
    fc.property(fc.constantFrom<ExecStream>(...execStreams), fc.nat(300_000), (stream, length) => {
      const bytes = Uint8Array.from({ length }, (_, index) => index % 251);
      const frames = [...framesOf(stream, bytes)];
      expect(frames.every((frame) => frame.length <= maxMessageBytes)).toBe(true);
      const pieces = frames.map((frame) => pieceOf(frame)!);
      expect(pieces.every((piece) => piece.stream === stream)).toBe(true);
      expect(pieces.flatMap((piece) => [...piece.bytes])).toEqual([...bytes]);
    }),
    { numRuns: 30 },
  );
});

test('a message of no stream is none', () => {
  expect(pieceOf(Uint8Array.of(3, 1))).toBeNull();
  expect(pieceOf(new Uint8Array())).toBeNull();
});

test('a sender waits when too much is on its way, until some of it was taken', async () => {
  const window = new SendWindow();
  let sent = 0;
  const sending = (async () => {
    for (; sent < 100; sent += 1) await window.take(65_536);
  })();
  await settled();
  const first = sent;
  expect(first).toBeGreaterThan(1);
  expect(first).toBeLessThan(100);
  window.give(65_536);
  await settled();
  expect(sent).toBe(first + 1);
  window.give(100 * 65_536);
  await sending;
  expect(sent).toBe(100);
});
