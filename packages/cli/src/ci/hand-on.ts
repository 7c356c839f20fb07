import { resolve } from 'node:path';
import type { RunView } from '@kova/control/api';
import { KovaError } from '@kova/core/errors/kova-error';
import { isOf } from '@kova/core/pipeline/graph';
import type { Cli } from '../cli.ts';
import { setOutputs, warnOfUnchecked } from './github.ts';

/** Directories by which a run takes from other machines, and leaves for them. */
export interface Places {
  results?: string;
  reports?: string;
}

/** Takes the results that were brought. @throws KovaError INPUT_INVALID for a control plane on another machine */
export async function takeBrought(cli: Cli, { results, reports }: Places): Promise<void> {
  if (results === undefined && reports === undefined) return;
  if (cli.env.KOVA_URL) {
    throw new KovaError('INPUT_INVALID', '--results and --reports are for a control plane on this machine', {
      next: 'Unset KOVA_URL, or leave them out.',
    });
  }
  if (results === undefined) return;
  const { takeResults } = await import('@kova/control/hand-on');
  await takeResults(cli.env, resolve(cli.cwd, results));
}

/** Leaves the results of the jobs that were asked for, and what all jobs said; tells GitHub, where it runs there. */
export async function leaveBehind(
  cli: Cli,
  run: RunView,
  asked: readonly string[] | null,
  { results, reports }: Places,
) {
  warnOfUnchecked(cli, run);
  if (results === undefined && reports === undefined) return;
  const { leaveReports, leaveResults } = await import('@kova/control/hand-on');
  const wanted = run.jobs.filter(({ name }) => asked?.some((job) => isOf(job, name)) ?? true);
  if (results !== undefined) {
    const keys = wanted.filter(({ state }) => state === 'passed').map(({ key }) => key);
    const left = await leaveResults(cli.env, keys, resolve(cli.cwd, results));
    const [only, ...more] = left;
    if (only && more.length === 0) await setOutputs(cli, { key: only });
  }
  if (reports === undefined) return;
  const files = await leaveReports(cli.env, run.id, resolve(cli.cwd, reports));
  if (files.some((file) => file.endsWith('.sarif'))) await setOutputs(cli, { sarif: 'true' });
}
