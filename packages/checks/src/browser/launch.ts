import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { KovaError } from '@kova/core/errors/kova-error';

const startLimitMs = 30_000;
/**
 * What Chromium adds to TMPDIR for its socket, which may have 107 bytes in all:
 * `/org.chromium.Chromium.xxxxxx/SingletonSocket`.
 */
const socketSuffix = 46;
const socketLimit = 107;

const flags = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage'],
  ...['--no-first-run', '--no-default-browser-check', '--disable-background-networking', '--disable-component-update'],
  ...['--disable-sync', '--disable-extensions', '--disable-breakpad', '--disable-default-apps', '--mute-audio'],
  // Chromium ends by itself when this pipe closes: it does not outlive this process, however that ends.
  ...['--remote-debugging-port=0', '--remote-debugging-pipe'],
];

export interface Browser {
  /** Of the DevTools protocol, on loopback. */
  port: number;
  /** Ends it and all its processes, and removes its profile. */
  close: () => Promise<void>;
}

/**
 * Starts a Chromium with a profile of its own.
 * @throws KovaError CHECK_FAILED when it does not start
 */
export async function launchChromium(program: string, env: NodeJS.ProcessEnv): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'kc-'));
  const sockets = profile.length + socketSuffix <= socketLimit ? profile : mkdtempSync('/tmp/kc-');
  const child = spawn(program, [...flags, `--user-data-dir=${join(profile, 'p')}`, 'about:blank'], {
    env: { ...env, TMPDIR: sockets },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  for (const pipe of child.stdio.slice(3)) pipe?.on('error', () => undefined);
  (child.stdio[4] as Readable).resume();
  const close = closing(child, [profile, sockets]);
  try {
    return { port: await awaitPort(child, program), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function closing(child: ChildProcess, directories: readonly string[]): () => Promise<void> {
  const ended = child.exitCode === null && child.pid ? once(child, 'exit').catch(() => undefined) : undefined;
  const end = () => {
    endGroup(child);
    for (const directory of directories)
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  const onSignal = () => process.exit(1);
  process.on('exit', end).on('SIGTERM', onSignal).on('SIGINT', onSignal).on('SIGHUP', onSignal);
  return async () => {
    endGroup(child);
    await ended;
    end();
    process.off('exit', end).off('SIGTERM', onSignal).off('SIGINT', onSignal).off('SIGHUP', onSignal);
  };
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Reads the port that Chromium chose; goes on reading, so that its output never blocks it. */
function awaitPort(child: ChildProcess, program: string): Promise<number> {
  const last: string[] = [];
  return new Promise((resolve, reject) => {
    const failed = (why: string) =>
      reject(
        new KovaError('CHECK_FAILED', [`${program} ${why}`, ...last].join('\n'), {
          next: 'Set CHROME_PATH to a Chromium that works.',
        }),
      );
    const timer = setTimeout(() => failed(`did not start within ${startLimitMs / 1000} s`), startLimitMs);
    child.once('error', (error) => failed(`cannot be run: ${error.message}`));
    child.once('exit', (code, signal) => failed(`ended with ${signal ?? code}`));
    createInterface({ input: child.stderr as Readable }).on('line', (line) => {
      last.push(line);
      if (last.length > 20) last.shift();
      const port = /^DevTools listening on ws:\/\/[^/]+:(\d+)\//.exec(line)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}
