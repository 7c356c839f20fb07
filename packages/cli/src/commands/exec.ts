import type { ExecStart } from '@kova/control/api';
import { formatDuration, parseDuration } from '@kova/core/config/duration';
import type { ErrorCode } from '@kova/core/errors/codes';
import { reportOf } from '@kova/core/errors/kova-error';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { connect } from '../api/connect.ts';
import type { Cli, Result } from '../cli.ts';
import { ExecCall } from '../exec/call.ts';
import { listExecutions } from '../exec/list.ts';
import { passSignals } from '../exec/signals.ts';
import { keptStreams, ownStreams } from '../exec/streams.ts';
import { handOver, hasTerminal, terminalHere } from '../exec/terminal.ts';
import { environmentPath, findProject } from '../project/project.ts';
import { personHere } from './act.ts';
import { type Definition, documented, wholeNumber, withProject } from './definition.ts';

interface Options {
  project?: string;
  instance?: number;
  slot?: 'blue' | 'green';
  release?: string;
  tty?: boolean;
  timeout: number;
  list?: boolean;
}

/** As `timeout` and `docker run` have it, so that a script can tell the command's own failure from one of Kova. */
const exitCodes: Partial<Record<ErrorCode, number>> = { STEP_TIMEOUT: 124, PROGRAM_MISSING: 127, CANCELLED: 130 };
const notRun = 125;
const maxTimeoutMs = 86_400_000;

export const execCommand: Definition = (program, cli, done, words) => {
  const command = program.command('exec');
  documented(
    command,
    'run a command in a running instance',
    'kova exec -- node scripts/report.mjs',
    "kova exec staging -- sh -c 'cat > /tmp/in' < file",
    'kova exec --list',
  );
  withProject(command)
    .usage('[options] [env] -- command args…')
    .argument('[env]', 'the environment; production by default')
    .argument('[command...]', 'after --: the program and its arguments; no shell reads them')
    .option('--instance <n>', 'which instance, by its number; default: the first that is ready', wholeNumber(0, 999))
    .addOption(
      new Option('--slot <slot>', 'in a slot that is not live').choices(['blue', 'green']).conflicts('release'),
    )
    .option('--release <id>', 'in the slot of this release; default: the one that is live')
    .option('--tty', 'with a terminal; default: when there is one here')
    .option('--no-tty', 'with pipes, output and errors apart')
    .addOption(
      new Option('--timeout <time>', 'end it after this time, 24h at most').argParser(timeout).default(3_600_000, '1h'),
    )
    .option('--list', 'show what was run, by whom and how it ended')
    .addHelpText('after', exitHelp)
    .action(async (first: string | undefined, rest: string[], options: Options) => {
      const argv = words.includes('--') ? words.slice(words.indexOf('--') + 1) : [];
      const operands = first === undefined ? [] : [first, ...rest];
      const [environment, ...more] = operands.slice(0, operands.length - argv.length);
      if (options.list) return done(await listExecutions(cli, environment, options.project));
      if (argv.length === 0 || more.length > 0) return refuse(command);
      if (options.tty && (cli.json || !hasTerminal(cli))) return refuseTerminal(command);
      done(await run(cli, environment ?? 'production', argv, options));
    });
};

const exitHelp = `
Exit code: the command's own, 128 and the number of the signal that ended it; 124 after --timeout, 125 when Kova could
not run it or it was ended, 127 when there is no such program, 130 when you left it.`;

function refuse(command: Command): never {
  return command.error('error: write the command after --: kova exec production -- node --version', { exitCode: 2 });
}

function refuseTerminal(command: Command): never {
  return command.error('error: --tty needs a terminal for input and output, and goes not with --json', { exitCode: 2 });
}

async function run(cli: Cli, environment: string, argv: readonly string[], options: Options): Promise<Result> {
  const kept = cli.json ? keptStreams() : null;
  let call: ExecCall | null = null;
  const view = () => ({ ...call?.place, ...kept?.texts() });
  try {
    const client = await connect(cli.env);
    const path = `${environmentPath(await findProject(cli, client, options.project), environment)}/exec`;
    const socket = await client.socket(path);
    call = new ExecCall(socket, kept ?? ownStreams(cli));
    const terminal = (options.tty ?? hasTerminal(cli)) && !cli.json ? terminalHere(cli) : null;
    const undo = [passSignals(call), terminal && handOver(cli, call), () => socket.close()];
    const exitCode = await call.run(startOf(argv, terminal, options)).finally(() => {
      for (const each of undo) each?.();
    });
    return { view: { ...view(), exitCode }, text: '', exitCode };
  } catch (thrown) {
    const error = reportOf(thrown);
    return { view: view(), text: '', error, exitCode: exitCodes[error.code] ?? notRun };
  }
}

function startOf(
  argv: readonly string[],
  terminal: ExecStart['terminal'],
  { instance, slot, release, timeout: timeoutMs }: Options,
): ExecStart {
  return {
    type: 'start',
    argv: argv as [string, ...string[]],
    ...{ instance: instance ?? null, slot: slot ?? null, release: release ?? null },
    ...{ terminal, timeoutMs, by: personHere() },
  };
}

function timeout(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0 && ms <= maxTimeoutMs) return ms;
  throw new InvalidArgumentError(`Write a time such as 30s or 10m, ${formatDuration(maxTimeoutMs)} at most.`);
}
