import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;
/** Texts of more than 128 KiB are each a mapping of memory of their own for V8: half as fast, and thrice the memory. */
const blockBytes = 1 << 15;

/**
 * What a file holds that is still written to, from its beginning: each time some whole lines, without the last line end.
 * Waits for more until `ended` has said that there will be none. A file that is not there yet is waited for.
 */
export async function* followFile(
  path: string,
  ended: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const file = await openWhenThere(path, ended, signal);
  if (!file) return;
  const block = Buffer.allocUnsafe(blockBytes);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for (let last = false; !signal.aborted; ) {
      const { bytesRead } = await file.read(block, 0, blockBytes);
      const text = rest + decoder.write(block.subarray(0, bytesRead));
      const end = text.lastIndexOf('\n');
      rest = text.slice(end + 1);
      if (end >= 0) yield text.slice(0, end);
      if (bytesRead > 0) continue;
      if (last) break;
      // Looked at before the next read, so that what was written up to the end is read once more.
      last = await endedOrLater(ended, signal);
    }
    if (rest !== '') yield rest;
  } finally {
    await file.close();
  }
}

async function openWhenThere(path: string, ended: () => Promise<boolean>, signal: AbortSignal) {
  for (let last = false; !signal.aborted; ) {
    const file = await open(path, 'r').catch(() => null);
    if (file || last) return file;
    last = await endedOrLater(ended, signal);
  }
  return null;
}

/** Whether it has ended; if not, a moment has passed. */
async function endedOrLater(ended: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  if (await ended()) return true;
  await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  return false;
}
