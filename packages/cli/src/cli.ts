import { type ErrorReport, reportOf } from '@kova/core/errors/kova-error';

/** What a command knows of where it runs. */
export interface Cli {
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** One JSON document on stdout and nothing else. */
  json: boolean;
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
  exitCode: number;
}

/** How a command ended. */
export interface Result {
  /** What `--json` prints. */
  view: unknown;
  /** What people read. */
  text: string;
  /** The work was done but did not succeed. */
  error?: ErrorReport;
  /** When neither 0 nor, with an error, 1. */
  exitCode?: number;
}

export function createCli(argv: readonly string[]): Cli {
  const { env, stdout: out, stderr: err } = process;
  const options = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  return { env, cwd: process.cwd(), json: options.includes('--json'), out, err, exitCode: 0 };
}

/** Prints the result and gives the exit code. */
export function finish(cli: Cli, { view, text, error, exitCode }: Result): number {
  if (cli.json) cli.out.write(`${JSON.stringify(error ? { ...asObject(view), error } : view, null, 2)}\n`);
  else {
    if (text !== '') cli.out.write(`${text}\n`);
    if (error) cli.err.write(errorText(error));
  }
  return exitCode ?? (error ? 1 : 0);
}

/** Prints what was thrown and gives the exit code. */
export function report(cli: Cli, thrown: unknown): number {
  const error = reportOf(thrown);
  if (cli.json) cli.out.write(`${JSON.stringify({ error }, null, 2)}\n`);
  else cli.err.write(errorText(error));
  return 1;
}

function errorText({ code, message, next }: ErrorReport): string {
  return `error ${code}: ${message}\n→ ${next}\n`;
}

function asObject(view: unknown): object {
  return typeof view === 'object' && view !== null && !Array.isArray(view) ? view : { view };
}
