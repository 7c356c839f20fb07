import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KovaError } from '@kova/core/errors/kova-error';
import { type ControlRecord, runningControl, takeStartError } from './home/control-record.ts';
import { homeAt, homePath, prepareHome } from './home/home.ts';

export interface ControlProcess {
  url: string;
  /** Origin at which the edge serves, `http://127.0.0.1:4780`. */
  edge: string;
  home: string;
  pid: number;
  /** It ran already. */
  adopted: boolean;
  startedInMs: number;
}

interface Options {
  env?: NodeJS.ProcessEnv;
}

const startLimitMs = 60_000;
const answerLimitMs = 10_000;

export function findHome(env: NodeJS.ProcessEnv = process.env): string {
  return homePath(env);
}

/** Starts the control plane of this home, detached, and waits until it is ready; adopts one that runs. @throws KovaError */
export async function launchControl({ env = process.env }: Options = {}): Promise<ControlProcess> {
  const startedAt = performance.now();
  const home = homeAt(homePath(env));
  const running = await answeringControl(home.root);
  if (running) return { ...running, home: home.root, adopted: true, startedInMs: 0 };
  await prepareHome(home);
  await takeStartError(home.root);
  const log = join(home.logs, 'control.log');
  const output = await open(log, 'a', 0o600);
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: { ...env, KOVA_HOME: home.root },
    cwd: home.root,
  });
  await output.close();
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.unref();
  while (performance.now() - startedAt < startLimitMs) {
    const record = await runningControl(home.root);
    if (record) return { ...record, home: home.root, adopted: false, startedInMs: performance.now() - startedAt };
    if (ended) throw (await takeStartError(home.root)) ?? (await whyNot(log));
    await delay(20);
  }
  throw new KovaError('NOT_RUNNING', 'the control plane was not ready within a minute', { next: `Read ${log}.` });
}

/**
 * The control plane that runs and answers; null when there is none, or when it was about to end.
 * @throws KovaError ALREADY_RUNNING when a process of this home lives but does not answer
 */
async function answeringControl(home: string): Promise<ControlRecord | null> {
  const until = performance.now() + answerLimitMs;
  for (;;) {
    const running = await runningControl(home);
    if (!running) return null;
    const answers = await fetch(`${running.url}/v1/health`, { signal: AbortSignal.timeout(2000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return running;
    if (performance.now() > until) {
      const message = `process ${running.pid} is the control plane of ${home} but does not answer at ${running.url}`;
      throw new KovaError('ALREADY_RUNNING', message, {
        next: `End it with \`kill ${running.pid}\`, then run \`kova up\`.`,
      });
    }
    await delay(50);
  }
}

/** What the control plane said last, as an error. */
async function whyNot(log: string): Promise<KovaError> {
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-15);
  const message = `the control plane ended at once:\n${lines.join('\n')}`;
  return new KovaError('NOT_RUNNING', message, { next: `Mend what ${log} names, then run \`kova up\`.` });
}

/**
 * Stops the control plane; with `apps` (the default) also the instances, the edge and the databases. Without, traffic
 * goes on and a later `kova up` adopts what runs. Data stay in either case. Idempotent.
 */
export async function stopControl({
  env = process.env,
  apps = true,
}: Options & { apps?: boolean } = {}): Promise<{ stopped: boolean }> {
  const home = homeAt(homePath(env));
  const running = await runningControl(home.root);
  if (!running) return { stopped: false };
  if (apps) await askToShutDown(running.url, join(home.keys, 'api-token'));
  else process.kill(running.pid, 'SIGTERM');
  const until = performance.now() + startLimitMs;
  while ((await runningControl(home.root)) && performance.now() < until) await delay(20);
  return { stopped: true };
}

async function askToShutDown(url: string, tokenFile: string): Promise<void> {
  const token = (await readFile(tokenFile, 'utf8')).trim();
  const answer = await fetch(`${url}/v1/shutdown`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new KovaError('INTERNAL', `the control plane answered ${answer.status} to the request to stop`);
}
