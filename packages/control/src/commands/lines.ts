import type { Readable } from 'node:stream';

/**
 * Calls `take` with the whole lines of each chunk of a stream, without the last line end, until it ends or is destroyed.
 * It is not read on before `take` has resolved. What a line holds beyond `limit` characters is dropped, so that output
 * without line ends cannot fill the memory.
 */
export async function eachLines(
  stream: Readable,
  limit: number,
  take: (lines: string) => void | Promise<void>,
): Promise<void> {
  stream.setEncoding('utf8');
  let rest = '';
  stream.on('data', (chunk: string) => {
    const text = rest + chunk;
    const end = text.lastIndexOf('\n');
    rest = text.slice(end + 1, end + 1 + limit);
    const busy = end < 0 ? undefined : take(cutLines(text.slice(0, end).replaceAll('\r\n', '\n'), limit));
    if (!busy) return;
    stream.pause();
    void busy.finally(() => stream.resume());
  });
  await closed(stream);
  if (rest !== '') await take(rest);
}

/** Lines of at most `limit` characters each. */
export function cutLines(lines: string, limit: number): string {
  if (!hasLongLine(lines, limit)) return lines;
  return lines
    .split('\n')
    .map((line) => line.slice(0, limit))
    .join('\n');
}

function hasLongLine(lines: string, limit: number): boolean {
  for (let from = 0; lines.length - from > limit; ) {
    const end = lines.lastIndexOf('\n', from + limit);
    if (end < from) return true;
    from = end + 1;
  }
  return false;
}

/** The last lines of a text, so many at most. */
export function lastLines(text: string, count: number): string {
  let at = text.length;
  for (let left = count; left > 0; left -= 1) {
    at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1);
    if (at < 0) return text;
  }
  return text.slice(at + 1);
}

/** Resolves when a stream has ended, failed or was destroyed. */
export function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => resolve());
  });
}
