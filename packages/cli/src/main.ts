import { CommanderError } from 'commander';
import { createCli, finish, report } from './cli.ts';
import { createProgram } from './program.ts';

const usage = 2;

/** Runs one command and catches what it throws; the only place that does. 0 done, 1 failed, 2 bad usage. */
async function main(argv: string[]): Promise<number> {
  const cli = createCli(argv);
  try {
    const program = await createProgram(cli, argv, (result) => {
      cli.exitCode = finish(cli, result);
    });
    await program.parseAsync(argv, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return usageExit(error, cli);
    return report(cli, error);
  }
}

function usageExit(error: CommanderError, cli: ReturnType<typeof createCli>): number {
  if (error.exitCode === 0) return 0;
  if (cli.json) {
    const message = error.message.replace(/^error: /, '');
    cli.out.write(`${JSON.stringify({ error: { code: 'USAGE', message, next: 'See `kova help`.' } })}\n`);
  }
  return usage;
}

// A pager or `head` that closes the pipe early ends the command, without a stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await main(process.argv.slice(2));
