import type { RunView } from '@kova/control/api';
import { KovaError } from '@kova/core/errors/kova-error';
import { isOf } from '@kova/core/pipeline/graph';
import type { Client } from '../../api/client.ts';
import { connect } from '../../api/connect.ts';
import type { Cli, Result } from '../../cli.ts';
import { printJobLog } from '../../follow/job-log.ts';
import { renderRun } from '../../output/run.ts';
import { type Definition, documented } from '../definition.ts';

interface Options {
  job?: string;
  log?: boolean;
}

export const showCommand: Definition = (program, cli, done) => {
  const command = program.command('show');
  documented(
    command,
    'show a run, or what one of its jobs prints',
    'kova pipeline show run_4f3a9c0d12',
    'kova pipeline show run_4f3a9c0d12 --job unit-tests --log',
  );
  command
    .argument('<run>', 'its id')
    .option('--job <name>', 'one job of it')
    .option('--log', 'all that the job has printed; follows it until it ends')
    .action(async (id: string, { job, log }: Options) => {
      const client = await connect(cli.env);
      const path = `/v1/runs/${encodeURIComponent(id)}`;
      if (log) return done(await printLog(cli, client, path, job));
      const run = await client.get<RunView>(path);
      if (job !== undefined) requireJob(run, job);
      done({ view: run, text: renderRun(run, job) });
    });
};

async function printLog(cli: Cli, client: Client, path: string, job: string | undefined): Promise<Result> {
  const run = await client.get<RunView>(path);
  // Of a run that is not planned yet the API knows no jobs, but will.
  const planned = run.jobs.length > 0 || run.endedAt !== null;
  const name = planned || !job ? requireJob(run, job ?? '') : job;
  const lines = await printJobLog(cli, client, run.id, name);
  return { view: { run: run.id, job: name, lines }, text: '' };
}

/** @throws KovaError NOT_FOUND that lists what there is */
function requireJob({ id, jobs }: RunView, name: string): string {
  const found = jobs.find((job) => isOf(name, job.name));
  if (found) return found.name;
  const names = jobs.map((job) => job.name).join(', ');
  throw new KovaError('NOT_FOUND', `${id} has no job ${name || 'without a name'}`, {
    next: `Pass --job with one of ${names}.`,
  });
}
