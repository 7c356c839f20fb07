import type { LogMatchView, RunView } from '@kova/control/api';
import { KovaError } from '@kova/core/errors/kova-error';
import { isOf } from '@kova/core/pipeline/graph';
import type { Client } from '../../api/client.ts';
import { connect } from '../../api/connect.ts';
import type { Cli, Result } from '../../cli.ts';
import { printJobLog } from '../../follow/job-log.ts';
import { projectPath } from '../../git/send.ts';
import { plain } from '../../output/table.ts';
import { findProject } from '../../project/project.ts';
import { type Definition, documented, wholeNumber, withProject } from '../definition.ts';

interface Options {
  job?: string;
  search?: string;
  regex?: string;
  ignoreCase?: boolean;
  context: number;
  limit: number;
  last?: number;
  project?: string;
}

export const logsCommand: Definition = (program, cli, done) => {
  const command = program.command('logs');
  documented(
    command,
    'print what the jobs of a run have printed, or search it, or that of the newest runs',
    'kova pipeline logs run_4f3a9c0d12 --job unit-tests',
    'kova pipeline logs run_4f3a9c0d12 --search "no such table" -C 3',
    'kova pipeline logs --last 20 --regex "E(CONNRESET|PIPE)"',
  );
  withProject(command)
    .argument('[run]', 'its id; else --last')
    .option('--job <name>', 'only this job; of a matrix, all of its runs')
    .option('--search <text>', 'only lines with this text')
    .option('--regex <regex>', 'only lines that this extended regular expression fits, as of `grep -E`')
    .option('-i, --ignore-case', 'upper and lower case are the same')
    .option('-C, --context <n>', 'lines shown before and after each', wholeNumber(0, 50), 0)
    .option('--limit <n>', 'lines found in the log of one job at most', wholeNumber(1, 10_000), 1000)
    .option('--last <n>', 'search so many of the newest runs of the project', wholeNumber(1, 200))
    .action(async (run: string | undefined, options: Options) => {
      const client = await connect(cli.env);
      if (isSearch(options)) return done(await search(cli, client, run, options));
      if (run === undefined)
        throw misused('without a run there is nothing to print', 'Name a run, or pass --last with --search.');
      done(await printAll(cli, client, run, options.job));
    });
};

function isSearch({ search: text, regex }: Options): boolean {
  if (text !== undefined && regex !== undefined) throw misused('--search and --regex exclude each other', 'Pass one.');
  return text !== undefined || regex !== undefined;
}

function misused(what: string, next: string): KovaError {
  return new KovaError('INPUT_INVALID', what, { next });
}

async function search(cli: Cli, client: Client, run: string | undefined, options: Options): Promise<Result> {
  const { last, project, context } = options;
  if (run !== undefined && last !== undefined) throw misused('a run and --last exclude each other', 'Pass one.');
  const many = run === undefined;
  const path = many ? projectPath(await findProject(cli, client, project)) : `/v1/runs/${encodeURIComponent(run)}`;
  const matches: LogMatchView[] = [];
  let before: LogMatchView | null = null;
  for await (const match of client.events<LogMatchView>(
    `${path}/logs?${queryOf(options)}`,
    new AbortController().signal,
  )) {
    if (cli.json) matches.push(match);
    else cli.out.write(`${isApart(before, match, context) ? '--\n' : ''}${matchText(match, many)}\n`);
    before = match;
  }
  return { view: { matches }, text: before === null ? 'Nothing was found.' : '' };
}

function queryOf({ search: text, regex, job, ignoreCase, context, limit, last }: Options): URLSearchParams {
  const given = { text, regex, job, ignoreCase, context, limit, last };
  return new URLSearchParams(
    Object.entries(given).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)] as [string, string]],
    ),
  );
}

/** Whether lines are missing between the two. */
function isApart(before: LogMatchView | null, match: LogMatchView, context: number): boolean {
  if (before === null || context === 0 || match.cut) return false;
  return before.run !== match.run || before.job !== match.job || match.line !== before.line + 1;
}

/** `unit-tests:12: text` for what was found, `unit-tests-11- text` for what is beside it. */
function matchText({ run, job, line, text, found, cut }: LogMatchView, many: boolean): string {
  const where = many ? `${run} ${job}` : job;
  if (cut) return `${where}: there may be more; raise --limit`;
  const mark = found ? ':' : '-';
  return `${where}${mark}${line}${mark} ${plain(text)}`;
}

/** One job after the other, each line with its job; one that is at work is followed until it ends. */
async function printAll(cli: Cli, client: Client, id: string, only: string | undefined): Promise<Result> {
  const path = `/v1/runs/${encodeURIComponent(id)}`;
  const { jobs } = await client.get<RunView>(path);
  const wanted = jobs.filter(({ name }) => only === undefined || isOf(only, name));
  if (wanted.length === 0 && only !== undefined) {
    const names = jobs.map(({ name }) => name).join(', ');
    throw new KovaError('NOT_FOUND', `${id} has no job ${only}`, { next: `Pass --job with one of ${names}.` });
  }
  const logs: Array<{ job: string; lines: string[] }> = [];
  for (const { name } of wanted) {
    const lines = await printJobLog(cli, client, id, name, wanted.length > 1 ? `${name} | ` : '');
    logs.push({ job: name, lines });
  }
  return { view: { run: id, logs }, text: '' };
}
