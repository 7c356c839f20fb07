import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A `dockerd` with all its state in one directory. */
export interface Daemon {
  directory: string;
  socketPath: string;
  start(): Promise<void>;
  /** SIGTERM, by which its containers are stopped, too; or SIGKILL, by which they go on. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** The last lines of its log. */
  log(): Promise<string>;
}

export const daemonPrefix = 'kova-test-engine-';

/**
 * Not started yet. It makes no bridge and no firewall rules of its own, so that several live on one machine; networks
 * are taken from a range which is drawn at random. Later arguments in `extra` win over its own; `under` is the command
 * that becomes the daemon: `nsenter …`.
 */
export async function makeDaemon(extra: readonly string[] = [], under: readonly string[] = []): Promise<Daemon> {
  const directory = await mkdtemp(join(tmpdir(), `${daemonPrefix}${process.pid}-`));
  const socketPath = join(directory, 'docker.sock');
  const [program = 'dockerd', ...argv] = [...under, 'dockerd', ...daemonArguments(directory, socketPath), ...extra];
  const logPath = join(directory, 'log');
  let child: ChildProcess | null = null;
  return {
    directory,
    socketPath,
    async start() {
      const log = createWriteStream(logPath, { flags: 'a' });
      await once(log, 'open');
      child = spawn(program, argv, { stdio: ['ignore', log, log], detached: true });
      log.close();
      await once(child, 'spawn');
      await answering(socketPath, child, () => lastLines(logPath));
    },
    async stop(signal = 'SIGTERM') {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
      // Its containerd dies with it. Where nobody reaps that, the next daemon would wait for it in vain.
      if (signal === 'SIGKILL') await rm(join(directory, 'exec/containerd/containerd.pid'), { force: true });
    },
    log: () => lastLines(logPath),
  };
}

function daemonArguments(directory: string, socketPath: string): string[] {
  const part = () => Math.floor(Math.random() * 128);
  const pool = `base=10.${128 + part()}.${part() * 2}.0/23,size=27`;
  return [
    ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
    ...['--pidfile', join(directory, 'pid'), '--host', `unix://${socketPath}`],
    ...['--bridge=none', '--iptables=false', '--ip-masq=false', '--default-address-pool', pool],
  ];
}

/** A daemon tells nobody that it is ready: it is asked until it answers. */
async function answering(socketPath: string, child: ChildProcess, log: () => Promise<string>): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`dockerd ended with ${child.exitCode}:\n${await log()}`);
    if (await ping(socketPath)) return;
    await pause(50);
  }
}

function ping(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    request({ socketPath, path: '/_ping' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').slice(-20).join('\n');
}
