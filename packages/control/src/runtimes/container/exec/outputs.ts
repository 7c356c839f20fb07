import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { PieceReader } from '../../../engine/frames.ts';

export interface Outputs {
  stdout: Readable;
  stderr: Readable;
  /** Resolves, and never rejects, when nothing more comes. */
  drained: Promise<void>;
}

/** What comes of a hijacked connection, the two outputs apart unless it is a terminal, as fast as it is read. */
export function outputsOf(socket: Socket, terminal: boolean): Outputs {
  const outputs = { stdout: new PassThrough(), stderr: new PassThrough() };
  const drained = pump(socket, terminal, outputs)
    .catch(() => {})
    .finally(() => {
      for (const output of Object.values(outputs)) output.end();
    });
  return { ...outputs, drained };
}

async function pump(socket: Socket, terminal: boolean, outputs: Record<'stdout' | 'stderr', PassThrough>) {
  const reader = new PieceReader();
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    const pieces = terminal ? [{ stream: 'stdout' as const, bytes: chunk }] : reader.push(chunk);
    for (const { stream, bytes } of pieces) await write(outputs[stream], bytes);
  }
}

/** One that nobody reads any more swallows what comes. */
async function write(output: PassThrough, bytes: Buffer): Promise<void> {
  if (output.destroyed || output.write(bytes)) return;
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(output, 'drain', { signal }), once(output, 'close', { signal })]);
  over.abort();
}
