import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;
const blockBytes = 1 << 18;

/**
 * The lines of a file that is still written to, from its beginning; waits for more until `ended` has said that there
 * will be none. A file that is not there yet is waited for.
 */
export async function* followFile(
  path: string,
  ended: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let file: FileHandle | null = null;
  const block = Buffer.allocUnsafe(blockBytes);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for (let last = false; !signal.aborted; ) {
      file ??= await open(path, 'r').catch(() => null);
      const { bytesRead } = file ? await file.read(block, 0, blockBytes) : { bytesRead: 0 };
      if (bytesRead > 0) {
        const lines = (rest + decoder.write(block.subarray(0, bytesRead))).split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
      } else if (last) break;
      else {
        // Looked at before the next read, so that what was written up to the end is read once more.
        last = await ended();
        if (!last) await sleep(pollMs, undefined, { signal }).catch(() => undefined);
      }
    }
    if (rest !== '') yield rest;
  } finally {
    await file?.close();
  }
}
