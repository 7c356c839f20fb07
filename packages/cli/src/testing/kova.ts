import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/kova.js', import.meta.url));

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export interface Running {
  child: ChildProcess;
  /** Resolves when it has printed the text. */
  printed(text: string): Promise<void>;
  ended: Promise<Ended>;
}

/** Starts the real command. */
export function startKova(args: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Running {
  const env = { ...process.env, KOVA_TOKEN: 'token', ...options.env };
  const child = spawn(process.execPath, [bin, ...args], { env, cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const seen = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    seen.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    seen.err += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...seen }));
  const printed = async (text: string) => {
    while (!seen.out.includes(text)) await once(child.stdout, 'data');
  };
  return { child, printed, ended };
}

export function kova(args: string[], options?: { env?: NodeJS.ProcessEnv; cwd?: string }): Promise<Ended> {
  return startKova(args, options).ended;
}

/** The address of a server on a free port of loopback. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address at which nothing listens. */
export async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
