import { statfs } from 'node:fs/promises';
import { KovaError } from '@kova/core/errors/kova-error';

const leastBytes = 65_536;

/** Whether there is no room at a path, for programs that do not say why they failed. */
export async function isDiskFull(path: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize < leastBytes;
}

/** Turns `no space left` into DISK_FULL that says what was being done and where; gives back any other error as it is. */
export function explainDiskFull(error: unknown, doing: string, where: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new KovaError('DISK_FULL', `no space is left in ${where} while ${doing}`, { cause: error });
}
