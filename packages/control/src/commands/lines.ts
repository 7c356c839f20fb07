import type { Readable } from 'node:stream';

/**
 * Calls `onLine` for each line of a stream until it ends or is destroyed. What a line holds beyond `limit` characters
 * is dropped, so that output without line ends cannot fill the memory.
 */
export async function eachLine(stream: Readable, limit: number, onLine: (line: string) => void): Promise<void> {
  stream.setEncoding('utf8');
  let rest = '';
  const take = (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, limit);
    for (const line of lines) onLine(line.slice(0, limit).replace(/\r$/, ''));
  };
  stream.on('data', take);
  await closed(stream);
  if (rest !== '') onLine(rest);
}

/** Resolves when a stream has ended, failed or was destroyed. */
export function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => resolve());
  });
}
