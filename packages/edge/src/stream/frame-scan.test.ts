import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeFrame, FrameScan } from './frame-scan.ts';

interface Frame {
  opcode: number;
  final: boolean;
  size: number;
}

function encode({ opcode, final, size }: Frame): Buffer {
  const first = (final ? 0x80 : 0) | opcode;
  if (size < 126) return Buffer.concat([Buffer.from([first, size]), Buffer.alloc(size, 0x88)]);
  const head = Buffer.alloc(size < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = size < 65_536 ? 126 : 127;
  if (size < 65_536) head.writeUInt16BE(size, 2);
  else head.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([head, Buffer.alloc(size, 0x88)]);
}

const size = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000));
const message = fc
  .array(size, { minLength: 1, maxLength: 4 })
  .map((sizes) =>
    sizes.map((bytes, part) => ({ opcode: part ? 0 : 1, final: part === sizes.length - 1, size: bytes })),
  );

test('however the bytes are cut, boundaries are found where messages end and nowhere else', () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5_000 }),
      (messages, cut) => {
        const ends = new Set<number>();
        const bytes: Buffer[] = [];
        let length = 0;
        for (const frames of messages) {
          for (const frame of frames) bytes.push(encode(frame));
          length = bytes.reduce((sum, part) => sum + part.length, 0);
          ends.add(length);
        }
        const stream = Buffer.concat(bytes);
        const found = new Set<number>();
        const scan = new FrameScan();
        for (let start = 0; start < stream.length; start += cut) {
          let chunk = stream.subarray(start, start + cut);
          let at = start;
          for (let boundary = scan.takeToBoundary(chunk); boundary >= 0; boundary = scan.takeToBoundary(chunk)) {
            at += boundary;
            found.add(at);
            chunk = chunk.subarray(boundary);
            if (chunk.length === 0) break;
          }
        }
        expect(found).toEqual(ends);
      },
    ),
    { numRuns: 60 },
  );
});

test('a control frame between fragments is no message boundary, a close frame is the end', () => {
  const scan = new FrameScan();
  scan.take(encode({ opcode: 1, final: false, size: 3 }));
  scan.take(encode({ opcode: 9, final: true, size: 0 }));
  expect([scan.atFrameBoundary, scan.atMessageBoundary]).toEqual([true, false]);
  scan.take(encode({ opcode: 0, final: true, size: 3 }));
  expect(scan.atMessageBoundary).toBe(true);
  scan.take(closeFrame(1000, ''));
  expect(scan.closed).toBe(true);
});
