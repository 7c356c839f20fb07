import { lstat, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../../../home/unprivileged.ts';
import { give } from './clone.ts';

/** What the systems allow for the path of a socket: 107 bytes on Linux, 103 on macOS. */
const longest = process.platform === 'linux' ? 107 : 103;

/**
 * A directory for the socket that only PostgreSQL's user (and root) may enter: `wanted`, or, where a path in it would
 * be too long, the one it `had` under the system's temporary directory, or else a new one there.
 */
export async function socketDirectory(wanted: string, had: string | null, who: Identity | null): Promise<string> {
  if (Buffer.byteLength(join(wanted, '.s.PGSQL.65535')) <= longest) {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    await give(wanted, who);
    return wanted;
  }
  if (had !== null && (await isPrivate(had, who))) return had;
  const made = await mkdtemp(join(tmpdir(), 'kova-pg-'));
  await give(made, who);
  return made;
}

/** Temporary directories are emptied at times, and others may make one of the same name then. */
async function isPrivate(path: string, who: Identity | null): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  const owner = who?.uid ?? process.getuid?.();
  return found?.isDirectory() === true && found.uid === owner && (found.mode & 0o077) === 0;
}
