import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { socketPathOf } from '@kova/edge/launch';
import type { JobContext } from './context.ts';
import { edgeAt } from './edge-port.ts';
import { homeAt, homePath } from './home/home.ts';
import { tokenIn } from './home/token.ts';
import { appIdentity } from './home/unprivileged.ts';
import { assembleJobs } from './job-parts.ts';
import { say, told } from './process-log.ts';
import { joinStore } from './services/postgres/own-store.ts';
import { connectStore } from './store/connect.ts';
import { type Executor, enrol, forgetExecutor } from './store/executors.ts';
import { bindStore } from './store/home.ts';
import { requireMigrated } from './store/migrate.ts';
import { every } from './watch/every.ts';
import { ExecutorWatch } from './watch/executors.ts';
import { JobWorker } from './worker/job-worker.ts';
import { thisProcess } from './worker/self.ts';
import { checkLabels } from './worker/settings.ts';

export interface WorkerOptions {
  env: NodeJS.ProcessEnv;
  labels: readonly string[];
  /** How many jobs at a time; null for the share of the machine's cores that nobody else uses. */
  concurrency: number | null;
  /** How long jobs at work may take to end when it is asked to, ms. */
  graceMs: number;
  /** Told once it takes jobs. */
  onReady: (worker: Executor) => void;
  say: (line: string) => void;
}

/**
 * The composition root of a worker: this process joins a home, runs jobs and nothing else, until SIGTERM or SIGINT asks
 * it to end; then it takes no more jobs, and hands back those that do not end in time. A second signal does so at once.
 * @throws KovaError NOT_RUNNING when there is no Kova to join; INPUT_INVALID, CONFLICT, SCHEMA_NEWER
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  process.umask(0o022);
  const labels = checkLabels(options.labels);
  const { ctx, runner } = await joinHome(options.env);
  await runner.prepare();
  const self = await thisProcess({ labels, concurrency: options.concurrency });
  let leaving = false;
  const watching = new ExecutorWatch(ctx.db, self, {
    onDeclaredDead: () => {
      if (leaving) return;
      say('declared dead by another process, which has taken over: ending');
      process.exit(1);
    },
    endLeftovers: () => runner.endLeftovers(),
    onHandedBack: () => ctx.bell.ring('jobs'),
  });
  await enrol(ctx.db, self);
  ctx.bell.open();
  const worker = new JobWorker(ctx, self, told('jobs'));
  every(1000, () => watching.look(), told('executors'));
  worker.start();
  options.onReady(self);
  const hurry = await untilAsked(options, worker);
  const back = await worker.drain(options.graceMs, hurry);
  leaving = true;
  await leave(ctx, self).catch(told('leaving; others see that this process has ended'));
  options.say(back.length > 0 ? `handed back ${back.join(', ')}; ended` : 'ended');
}

/** What a worker shares with the control plane: the home's directories and the store. */
async function joinHome(env: NodeJS.ProcessEnv) {
  const home = homeAt(homePath(env));
  await access(join(home.root, 'home-id')).catch(() => {
    throw new KovaError('NOT_RUNNING', `there is no Kova in ${home.root}`, {
      next: 'Run `kova up` first, or set KOVA_HOME to the directory of the Kova to work for.',
    });
  });
  const url = await joinStore(home, env);
  const db = connectStore(url);
  await requireMigrated(db);
  await bindStore(db, (await tokenIn(home.root, 'home-id')).reveal(), `${home.root} on ${hostname()}`);
  const { jobs: runner, images, vault, bell } = await assembleJobs({ home, env, db, url, as: appIdentity() });
  await runner.removeLeftovers();
  const ctx: JobContext = { db, jobs: runner, images, bell, vault, edge: edgeAt(socketPathOf(home.edge), '') };
  return { ctx, runner };
}

/** Gives the signal that it shall not wait. */
async function untilAsked({ say }: WorkerOptions, worker: JobWorker): Promise<AbortSignal> {
  const asked = Promise.withResolvers<void>();
  const hurry = new AbortController();
  let times = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      times += 1;
      asked.resolve();
      if (times > 1) hurry.abort();
    });
  }
  await asked.promise;
  const { names } = worker;
  say(names.length > 0 ? `takes no more jobs; waits for ${names.join(', ')}` : 'takes no more jobs');
  return hurry.signal;
}

async function leave({ db, bell }: JobContext, { id }: Executor): Promise<void> {
  await forgetExecutor(db, id, `its worker ${id} was stopped`);
  bell.ring('jobs');
  await bell.close();
}
