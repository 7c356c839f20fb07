import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import { type ControlRecord, runningControl, takeStartError } from './home/control-record.ts';
import { homeAt, homePath, prepareHome } from './home/home.ts';
import { processStart } from './home/process-start.ts';
import { tokenIn } from './home/token.ts';

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
/** After this silence a control plane is as good as dead, as its heartbeat is for others. */
const answerLimitMs = 15_000;
const endLimitMs = 10_000;

export function findHome(env: NodeJS.ProcessEnv = process.env): string {
  return homePath(env);
}

/**
 * Starts the control plane of this home, detached, and waits until it is ready; adopts one that runs, and has it start
 * what does not run. One that does not answer, paused or hung, is ended first: it may die at any moment without harm.
 * @throws KovaError
 */
export async function launchControl({ env = process.env }: Options = {}): Promise<ControlProcess> {
  const home = homeAt(homePath(env));
  const running = await answeringControl(home.root);
  if (running) {
    await ask(running, home.keys, '/v1/up', startLimitMs);
    return { ...running, home: home.root, adopted: true, startedInMs: 0 };
  }
  const startedAt = performance.now();
  await prepareHome(home);
  await takeStartError(home.root);
  const log = join(home.logs, 'control.log');
  const pid = await spawnControl(home.root, log, env);
  let lost = false;
  while (performance.now() - startedAt < startLimitMs) {
    const record = await runningControl(home.root);
    const startedInMs = performance.now() - startedAt;
    if (record) return { ...record, home: home.root, adopted: record.pid !== pid, startedInMs };
    if (!lost && (await processStart(pid)) === null) {
      const error = (await takeStartError(home.root)) ?? (await whyNot(log));
      // Another was started at the same time; it is not ready yet.
      lost = error.code === 'ALREADY_RUNNING';
      if (!lost) throw error;
    }
    await delay(20);
  }
  throw new KovaError('NOT_RUNNING', 'the control plane was not ready within a minute', { next: `Read ${log}.` });
}

async function spawnControl(home: string, log: string, env: NodeJS.ProcessEnv): Promise<number> {
  const output = await open(log, 'a', 0o600);
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: { ...env, KOVA_HOME: home },
    cwd: home,
  });
  await once(child, 'spawn').finally(() => output.close());
  child.unref();
  return child.pid as number;
}

/** The control plane that runs and answers; null when there is none any more. @throws KovaError ALREADY_RUNNING */
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
      await endSilent(home, running);
      return null;
    }
    await delay(50);
  }
}

/** SIGKILL, which reaches a paused process as well. @throws KovaError ALREADY_RUNNING when it lives on */
async function endSilent(home: string, { pid, url }: ControlRecord): Promise<void> {
  const until = performance.now() + endLimitMs;
  while ((await runningControl(home))?.pid === pid) {
    if (performance.now() > until) {
      const message = `process ${pid} is the control plane of ${home}; it does not answer at ${url} and cannot be ended`;
      throw new KovaError('ALREADY_RUNNING', message, { next: `End process ${pid}, then run \`kova up\`.` });
    }
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended just now.
    }
    await delay(20);
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
  if (apps) await ask(running, home.keys, '/v1/shutdown', answerLimitMs);
  else process.kill(running.pid, 'SIGTERM');
  const until = performance.now() + startLimitMs;
  while (await runningControl(home.root)) {
    if (performance.now() > until) throw silent(running);
    await delay(20);
  }
  return { stopped: true };
}

function silent({ pid }: ControlRecord): KovaError {
  const next = 'Run `kova up`, which ends it and starts another; then try again.';
  return new KovaError('ALREADY_RUNNING', `the control plane, process ${pid}, does not end when it is asked to`, {
    next,
  });
}

/** @throws KovaError what the control plane answers; ALREADY_RUNNING when it does not answer */
async function ask(running: ControlRecord, keys: string, path: string, limitMs: number): Promise<void> {
  const token = await tokenIn(keys, 'api-token');
  const headers = { authorization: `Bearer ${token.reveal()}` };
  const signal = AbortSignal.timeout(limitMs);
  const answer = await fetch(running.url + path, { method: 'POST', headers, signal }).catch(() => {
    throw silent(running);
  });
  if (answer.ok) return;
  const { code, message, next } = reportOf(await answer.json().catch(() => new Error(`it answered ${answer.status}`)));
  throw new KovaError(code, message, { next });
}
