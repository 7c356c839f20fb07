import { hasCode, reportOf } from '@kova/core/errors/kova-error';
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';

const broke = 1;
const impossible = 3;

/** 0 checked, whatever was found; 1 it broke; 3 it could not check here. The only place that catches. */
async function main(argv: string[]): Promise<number> {
  const { cwd, env, stdout } = process;
  try {
    await createProgram({ cwd: cwd(), env, say: (line) => stdout.write(`${line}\n`) }).parseAsync(argv, {
      from: 'user',
    });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : broke;
    return explain(error);
  }
}

function explain(error: unknown): number {
  const { code, message, next } = reportOf(error);
  if (hasCode(error, 'CHECK_IMPOSSIBLE')) {
    process.stderr.write(`${message.replaceAll('\n', ' ')}; ${next}\n`);
    return impossible;
  }
  process.stderr.write(`error ${code}: ${message}\n→ ${next}\n`);
  return broke;
}

// What a tool left open must not keep a check from ending.
const exitCode = await main(process.argv.slice(2));
process.stdout.write('', () => process.exit(exitCode));
