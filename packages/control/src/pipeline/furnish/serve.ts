import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@kova/core/config/duration';
import type { ProjectConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import type { BuildDirectory } from '../../build/directory.ts';
import { stageOutput } from '../../build/stage.ts';
import type { Confines } from '../../commands/confine/confines.ts';
import { type CommandResult, run } from '../../commands/run.ts';
import { tellingLines } from '../../commands/telling.ts';
import { probe } from '../../runtimes/health/probe.ts';
import { freePort } from './free-port.ts';
import type { Surroundings } from './surroundings.ts';

const day = 86_400_000;
const pollMs = 50;

export interface ServeRequest {
  directory: BuildDirectory;
  confines: Confines;
  config: ProjectConfig;
  env: Record<string, string | Secret>;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/**
 * Starts the built app as it would be released, on a free port, and waits until it is ready. Returns its address.
 * @throws KovaError BUILD_FAILED, MIGRATION_FAILED, START_FAILED
 */
export async function addServedApp(around: Surroundings, request: ServeRequest): Promise<string> {
  const { directory, confines, config, signal, onLine } = request;
  const served = join(directory.root, 'served');
  await mkdir(served, { mode: 0o755 });
  if (directory.as) await chown(served, directory.as.uid, directory.as.gid);
  await stageOutput(directory.source, served, config.app.output, directory.as);
  const port = await freePort();
  const env = {
    ...{ ...request.env, ...around.env },
    ...{ NODE_ENV: 'production', PORT: String(port), HOST: '127.0.0.1', HOSTNAME: '127.0.0.1' },
    ...{ KOVA_PROJECT: config.name, KOVA_ENVIRONMENT: 'pipeline' },
  };
  const common = {
    cwd: served,
    env,
    as: directory.as,
    within: confines,
    onLine: (line: string) => onLine(`app | ${line}`),
  };
  await migrate(config, { ...common, signal });
  const ending = new AbortController();
  const running = run({ ...common, argv: config.app.start, timeoutMs: day, signal: ending.signal });
  around.add({}, async () => {
    ending.abort(new Error('the job has ended'));
    await running.catch(() => undefined);
  });
  await awaitReady(config, port, running, signal);
  return `http://127.0.0.1:${port}`;
}

type Common = Pick<Parameters<typeof run>[0], 'cwd' | 'env' | 'as' | 'within' | 'onLine' | 'signal'>;

async function migrate({ database, services }: ProjectConfig, common: Common): Promise<void> {
  const hasDatabase = Object.values(services).some(({ kind }) => kind === 'postgres');
  if (!database.migrate || !hasDatabase) return;
  const result = await run({ ...common, argv: database.migrate, timeoutMs: database.migrateTimeout });
  if (result.exitCode !== 0) throw new KovaError('MIGRATION_FAILED', told(database.migrate, result));
}

async function awaitReady(config: ProjectConfig, port: number, running: Promise<CommandResult>, signal: AbortSignal) {
  const { path, timeout, deadline } = config.app.health;
  const ended = running.then((result) => {
    throw new KovaError('START_FAILED', told(config.app.start, result));
  });
  ended.catch(() => undefined);
  const ready = async () => {
    const until = performance.now() + deadline;
    for (;;) {
      const { ok, words } = await probe({ host: '127.0.0.1', port, path, timeoutMs: timeout, signal });
      signal.throwIfAborted();
      if (ok) return;
      if (performance.now() > until) {
        throw new KovaError('START_TIMEOUT', `the app was not ready within ${formatDuration(deadline)}: ${words}`);
      }
      await sleep(pollMs);
    }
  };
  await Promise.race([ready(), ended]);
}

function told(argv: readonly string[], { exitCode, signal, tail }: CommandResult): string {
  return [`\`${argv.join(' ')}\` ended with ${signal ?? exitCode}:`, ...tellingLines(tail)].join('\n');
}
