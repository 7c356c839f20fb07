import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import { apiAddress, refuseElsewhere } from './addresses.ts';
import { isDiskFull } from './artefacts/disk-full.ts';
import { type ControlPlace, type ControlRecord, controlIn, takeStartError } from './home/control-record.ts';
import { type Home, homeAt, homePath, prepareHome } from './home/home.ts';
import { lockedExitCode } from './home/lock.ts';
import { controlProgram } from './program.ts';

export interface ControlProcess extends ControlPlace {
  home: string;
  pid: number;
  /** It ran already. */
  adopted: boolean;
  startedInMs: number;
}

interface Child {
  pid: number | undefined;
  /** Null while it runs; 0 when it was asked to end, -1 when a signal ended it otherwise. */
  exitCode: number | null;
  /** Where in the log its own words begin. */
  logFrom: number;
}

const startLimitMs = 60_000;
const answerLimitMs = 10_000;
const pollMs = 20;

/**
 * Starts the control plane of this home, detached, and waits until it is ready; adopts one that runs, or that another
 * one is just starting.
 * @throws KovaError why it did not start, and then nothing runs that it has started; ALREADY_RUNNING when it runs at
 *   other addresses than `env` says
 */
export async function launchControl({ env = process.env }: { env?: NodeJS.ProcessEnv } = {}): Promise<ControlProcess> {
  const startedAt = performance.now();
  const home = homeAt(homePath(env));
  apiAddress(env);
  let child: Child | null = null;
  while (performance.now() - startedAt < startLimitMs) {
    const control = await controlIn(home.root);
    if (control?.ready && (await isAnswering(home.root, control))) {
      refuseElsewhere(control.ready, env);
      const adopted = control.pid !== child?.pid;
      const startedInMs = adopted ? 0 : performance.now() - startedAt;
      return { ...control.ready, home: home.root, pid: control.pid, adopted, startedInMs };
    }
    if (child?.exitCode === lockedExitCode) child = null;
    else if (child && child.exitCode !== null) throw await whyNot(home, child);
    if (control === null) child ??= await start(home, env);
    await delay(pollMs);
  }
  throw new KovaError('NOT_RUNNING', 'the control plane is not ready after a minute', {
    next: `Read ${logOf(home)}. \`kova up\` waits on, \`kova down\` ends it.`,
  });
}

async function start(home: Home, env: NodeJS.ProcessEnv): Promise<Child> {
  await prepareHome(home);
  const output = await open(logOf(home), 'a', 0o600);
  const { size: logFrom } = await output.stat();
  const program = controlProgram(home, env);
  const started = spawn(process.execPath, program.argv, {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: program.env,
    cwd: home.root,
  });
  await output.close();
  const child: Child = { pid: started.pid, exitCode: null, logFrom };
  started.once('exit', (code, signal) => {
    child.exitCode = code ?? (signal === 'SIGTERM' ? 0 : -1);
  });
  started.unref();
  return child;
}

/**
 * Whether it answers; false when it ends meanwhile.
 * @throws KovaError ALREADY_RUNNING when it lives and does not answer
 */
async function isAnswering(home: string, { pid, ready }: ControlRecord): Promise<boolean> {
  const url = ready?.url;
  for (const until = performance.now() + answerLimitMs; performance.now() < until; await delay(pollMs)) {
    if ((await controlIn(home))?.pid !== pid) return false;
    const answers = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(2000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return true;
  }
  throw new KovaError(
    'ALREADY_RUNNING',
    `process ${pid} is the control plane of ${home} and does not answer at ${url}`,
    {
      next: 'End it with `kova down --keep-apps`, which takes no traffic away, then run `kova up`.',
    },
  );
}

/** What the control plane said last, as an error. */
async function whyNot(home: Home, { pid, exitCode, logFrom }: Child): Promise<KovaError> {
  const said = await takeStartError(home.root, pid);
  if (said) return said;
  if (exitCode === 0) return new KovaError('NOT_RUNNING', 'Kova was stopped while it was starting');
  if (await isDiskFull(home.root)) return new KovaError('DISK_FULL', `no space is left in ${home.root}`);
  const words = (await readFile(logOf(home))).subarray(logFrom).toString();
  const lines = words.trimEnd().split('\n').slice(-15);
  return new KovaError('NOT_RUNNING', `the control plane ended at once:\n${lines.join('\n')}`, {
    next: `Mend what ${logOf(home)} names, then run \`kova up\`.`,
  });
}

function logOf(home: Home): string {
  return join(home.logs, 'control.log');
}
