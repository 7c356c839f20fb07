import { readFileSync } from 'node:fs';
import { readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ensureEdge, stopEdge } from '../launch.ts';
import { cleanUp, onCleanUp, temporaryDirectory } from '../testing/harness.ts';

afterEach(cleanUp);

async function start(dir: string, codeCacheDir?: string): Promise<number> {
  const edge = await ensureEdge({
    dir,
    listen: ['127.0.0.1:0'],
    timeoutMs: 60_000,
    ...(codeCacheDir && { codeCacheDir }),
  });
  onCleanUp(() => stopEdge(dir, { drainMs: 0 }));
  return edge.pid;
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

test('the first edge of a directory runs without the compiler of TypeScript already; its code is private', async () => {
  const dir = await temporaryDirectory();
  // With the compiler it takes 105 MB.
  expect(residentMb(await start(dir))).toBeLessThan(95);
  expect((await stat(join(dir, 'code-cache'))).mode & 0o777).toBe(0o700);
});

test('code of another version is thrown away, that of this one is kept', async () => {
  const dir = await temporaryDirectory();
  const cache = join(dir, 'code-cache');
  await start(dir);
  const [filled = ''] = (await readdir(cache)).filter((name) => name.startsWith('filled-by-'));
  const restarted = async () => {
    await stopEdge(dir, { drainMs: 0 });
    await start(dir);
    return readdir(cache);
  };
  await writeFile(join(cache, 'old'), '');
  expect(await restarted()).toContain('old');
  await rename(join(cache, filled), join(cache, 'filled-by-0.0.0'));
  const names = await restarted();
  expect(names).toContain(filled);
  expect(names).not.toContain('old');
});

test('where no cache can be made the edge starts all the same', async () => {
  const dir = await temporaryDirectory();
  const file = join(await temporaryDirectory(), 'file');
  await writeFile(file, '');
  expect(await start(dir, join(file, 'below'))).toBeGreaterThan(0);
});
