import { resolve } from 'node:path';
import { develop } from '@kova/control/dev';
import { developInContainers } from '@kova/control/dev/containers';
import { reportOf } from '@kova/core/errors/kova-error';
import type { Cli, Result } from '../../cli.ts';
import { askedToEnd } from '../../dev/asked-to-end.ts';
import { printerFor } from '../../dev/printer.ts';
import { type Definition, documented, wholeNumber } from '../definition.ts';
import { defineReset } from './reset.ts';

interface Options {
  dir?: string;
  port?: number;
  httpsPort?: number;
  docker?: boolean;
}

export const devCommand: Definition = (program, cli, done) => {
  const command = program.command('dev').enablePositionalOptions();
  documented(
    command,
    'the development environment: app with hot reload, databases and HTTPS; Ctrl-C ends it',
    'kova dev',
    'kova dev --port 4000',
    'kova dev --docker',
    'kova dev reset',
  );
  const port = wholeNumber(1, 65_535);
  command
    .option('--dir <dir>', 'of the app; default: the one you are in')
    .option('--port <n>', 'of the app; default: 3000, or the next that is free', port)
    .option('--https-port <n>', 'of the proxy; default: 3443, or the next that is free', port)
    .option('--docker', 'in containers, by the compose.yaml that `kova render compose` has written')
    .action(async (options: Options) => {
      const result = await run(cli, options);
      if (result) done(result);
    });
  defineReset(command, cli, done);
};

/** Null when each line was printed as it came: `--json` prints lines, errors included, not one document. */
async function run(cli: Cli, { dir, port, httpsPort, docker = false }: Options): Promise<Result | null> {
  const directory = resolve(cli.cwd, dir ?? '.');
  const emit = printerFor(cli);
  const { signal, dispose } = askedToEnd();
  try {
    const ports = { app: port ?? null, https: httpsPort ?? null };
    const work = docker ? developInContainers : develop;
    await work({ directory, env: cli.env, ports, emit, signal });
    if (!cli.json) return { view: null, text: 'Everything is stopped; the data stay.' };
    cli.out.write(`${JSON.stringify({ type: 'stopped' })}\n`);
  } catch (error) {
    if (!cli.json) throw error;
    cli.out.write(`${JSON.stringify({ type: 'failed', error: reportOf(error) })}\n`);
    cli.exitCode = 1;
  } finally {
    dispose();
  }
  return null;
}
