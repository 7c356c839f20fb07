import type { ErrorCode } from '@kova/core/errors/codes';
import { KovaError } from '@kova/core/errors/kova-error';
import { run } from '../commands/run.ts';
import { tellingLines } from '../commands/telling.ts';
import type { Environment } from './environment.ts';
import type { Part } from './event.ts';

interface Step {
  part: Part;
  argv: readonly string[];
  timeoutMs: number;
  /** Of the error when it fails. */
  code: ErrorCode;
}

/** Runs a command in the project to its end and tells each line; returns the last ones. @throws KovaError with them */
export async function runStep(environment: Environment, { part, argv, timeoutMs, code }: Step): Promise<string[]> {
  const { place, emit, signal } = environment;
  const result = await run({
    ...{ argv, cwd: place.project, timeoutMs, signal },
    env: environment.variables(part),
    onLine: (line) => emit({ type: 'line', part, line }),
  });
  if (result.exitCode === 0) return result.tail;
  const lines = [`\`${argv.join(' ')}\` ended with ${result.signal ?? result.exitCode}:`, ...tellingLines(result.tail)];
  throw new KovaError(code, lines.join('\n'), { next: 'Mend what it says, then run `kova dev` again.' });
}
