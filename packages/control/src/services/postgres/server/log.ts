import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the server says before it opens its log of the day, and that it does so. */
export const startLog = 'start.log';

const tailLines = 15;
const tailBytes = 8192;

/** The last lines of the log written to last; empty when there is none. */
export async function lastLines(logDirectory: string): Promise<string> {
  const names = await readdir(logDirectory).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(logDirectory, name)).catch(() => null))?.mtimeMs ?? 0 })),
  );
  const newest = files.sort((a, b) => b.at - a.at || Number(a.name === startLog) - Number(b.name === startLog))[0];
  if (!newest) return '';
  const text = await readEnd(join(logDirectory, newest.name)).catch(() => '');
  return text.trim().split('\n').slice(-tailLines).join('\n');
}

async function readEnd(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, tailBytes);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
