import { run } from '../../commands/run.ts';

/** What a tree takes on the disk, in bytes; 0 when it cannot be told. */
export async function sizeOnDisk(path: string): Promise<number> {
  const lines: string[] = [];
  await run({
    argv: ['du', '-s', '-k', path],
    env: { PATH: '/usr/bin:/bin' },
    timeoutMs: 120_000,
    onLine: (line) => lines.push(line),
  });
  return Number.parseInt(lines.at(-1) ?? '', 10) * 1024 || 0;
}
