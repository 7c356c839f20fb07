import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Cli } from '../cli.ts';

/** Where the input of a command comes from and where its outputs go. */
export interface Streams {
  stdin: Readable;
  /** Resolves when it was taken. */
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void>;
}

/** Those of this process: byte by byte what the command has. */
export function ownStreams(cli: Cli): Streams {
  const outputs = { stdout: cli.out, stderr: cli.err };
  return {
    stdin: process.stdin,
    write: (stream, bytes) => new Promise((resolve) => outputs[stream].write(bytes, () => resolve())),
  };
}

/** Keeps the outputs, for one document at the end. */
export function keptStreams(): Streams & { texts(): { stdout: string; stderr: string } } {
  const kept = { stdout: '', stderr: '' };
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  return {
    stdin: process.stdin,
    async write(stream, bytes) {
      kept[stream] += decoders[stream].write(bytes);
    },
    texts: () => ({ stdout: kept.stdout + decoders.stdout.end(), stderr: kept.stderr + decoders.stderr.end() }),
  };
}
