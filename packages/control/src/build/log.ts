import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

export interface BuildLog {
  write(line: string): void;
  close(): Promise<void>;
}

const maxBytes = 20 * 1024 ** 2;

/**
 * Keeps the lines of a build in `<logs>/builds/<id>.log`, 20 MiB at most.
 * A log that cannot be written harms no build.
 */
export function openBuildLog(logs: string, id: string): BuildLog {
  const directory = join(logs, 'builds');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = createWriteStream(join(directory, `${id}.log`), { flags: 'a', mode: 0o600 });
  file.on('error', () => {});
  let room = maxBytes;
  return {
    write(line) {
      if (room <= 0 || file.destroyed) return;
      room -= line.length + 1;
      file.write(room > 0 ? `${line}\n` : 'the rest is left out: the log is full\n');
    },
    async close() {
      file.end();
      await finished(file).catch(() => {});
    },
  };
}
