import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEdge, stopEdge } from '../launch.ts';
import { edgeProgram } from '../program.ts';
import { readLiveEdge } from './edge-file.ts';
import { startTimeOf } from './identity.ts';
import { takeLock } from './lock.ts';

// Another pid namespace is what a container has; making one takes root.
const canUnshare = process.getuid?.() === 0;
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'kova-elsewhere-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.skipIf(!canUnshare)(
  'an edge in another container is seen, spoken to and stopped, whatever its pid is here',
  async () => {
    const { node, argv, env } = await edgeProgram({ dir, listen: ['127.0.0.1:0'] });
    const unshared = ['--pid', '--fork', '--mount-proc', '--kill-child', node, ...argv];
    const child = spawn('unshare', unshared, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const edge = await findEdge(dir);
    expect(edge).toMatchObject({ pid: 1, adopted: true });
    const ended = once(child, 'exit');
    expect(await stopEdge(dir, { drainMs: 0 })).toEqual({ stopped: true });
    await ended;
    expect(await readLiveEdge(dir)).toBeNull();
  },
);

test('a lock that is left of a container keeps nobody out, though a process has that pid here', async () => {
  const lock = join(dir, 'lock');
  writeFileSync(lock, `${process.pid} ${startTimeOf(process.pid)} pid:[1]`);
  await takeLock(lock);
});
