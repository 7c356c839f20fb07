import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { homeAt } from '@kova/control/home';
import { scratchDatabase } from '@kova/control/scratch-database';
import { freePort } from '../../e2e/testing/free-port.ts';
import type { Shop } from './shop.ts';

const check = join(import.meta.dirname, '../../packages/checks/bin/kova-check.js');

/**
 * What a person would type to do what the longest path of the pipeline does, in a checkout of their own: install, build,
 * migrate, start the shop, measure it. Database and Redis run already; npm has downloaded all before. Returns ms.
 */
export async function longestPathByHand(shop: Shop): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'kova-bare-'));
  const home = homeAt(shop.kova.home);
  const database = await scratchDatabase(home, 'storefront');
  const redisPort = await freePort();
  const redis = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1'], {
    stdio: 'ignore',
  });
  await cp(shop.directory, directory, { recursive: true });
  const env = {
    ...environment(),
    npm_config_cache: join(home.builds, '.npm-cache'),
    DATABASE_URL: database.url.reveal(),
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  };
  try {
    const began = performance.now();
    await run(directory, env, ['npm', 'ci']);
    await run(directory, env, ['npm', 'run', 'build']);
    await run(directory, env, ['npm', 'run', 'db:migrate']);
    await measureServed(directory, env);
    return performance.now() - began;
  } finally {
    await ended(redis);
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureServed(directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const app = spawn('node', ['.next/standalone/server.js'], {
    cwd: directory,
    env: { ...env, NODE_ENV: 'production', PORT: String(port), HOSTNAME: '127.0.0.1' },
    stdio: 'ignore',
  });
  try {
    while (
      !(await fetch(`${base}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      ))
    )
      await sleep(50);
    await run(directory, { ...env, BASE_URL: base, CHROME_PATH: env.CHROME_PATH ?? '/usr/bin/chromium' }, [
      ...[process.execPath, check],
      ...['lighthouse', '--runs', '3'],
    ]);
  } finally {
    await ended(app);
  }
}

/** That of the person, with what a job finds in its own as well. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    ...{ CI: 'true', NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' },
    ...{ npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' },
  };
}

async function run(cwd: string, env: NodeJS.ProcessEnv, [program = '', ...args]: string[]): Promise<void> {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
