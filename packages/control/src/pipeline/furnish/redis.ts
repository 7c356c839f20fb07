import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildDirectory } from '../../build/directory.ts';
import { run } from '../../commands/run.ts';
import { freePort } from './free-port.ts';
import { findProgram } from './programs.ts';
import { NotRunnable, type Surroundings } from './surroundings.ts';

const startLimitMs = 10_000;
const day = 86_400_000;

/** An empty Redis that keeps nothing, for one job. @throws NotRunnable without redis-server */
export async function addRedis(around: Surroundings, directory: BuildDirectory, buildId: string): Promise<void> {
  const program = await findProgram('redis-server');
  if (!program) throw new NotRunnable('redis-server is not installed; try `apt-get install redis-server`');
  const port = await freePort();
  const ending = new AbortController();
  const argv = [program, '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const running = run({
    argv: [...argv, '--dir', join(directory.root, 'tmp')],
    env: { PATH: '/usr/bin:/bin', KOVA_BUILD_ID: buildId },
    as: directory.as,
    timeoutMs: day,
    signal: ending.signal,
    background: true,
  }).catch(() => undefined);
  around.add({ REDIS_URL: `redis://127.0.0.1:${port}` }, async () => {
    ending.abort(new Error('the job has ended'));
    await running;
  });
  await awaitListening(port);
}

async function awaitListening(port: number): Promise<void> {
  const until = performance.now() + startLimitMs;
  while (!(await accepts(port))) {
    if (performance.now() > until) throw new Error('redis-server did not start');
    await sleep(25);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
