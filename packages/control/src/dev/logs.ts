import { createWriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './place.ts';

const longest = 10_485_760;

/** Where a part's output is appended; a log that has become long is put aside first. A full disk stops no program. */
export async function logOf({ home }: Place, name: string): Promise<(line: string) => void> {
  const path = join(home.logs, `${name}.log`);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > longest) await rename(path, `${path}.1`);
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  let isBroken = false;
  file.on('error', () => {
    isBroken = true;
  });
  return (line) => {
    if (!isBroken) file.write(`${line}\n`);
  };
}
