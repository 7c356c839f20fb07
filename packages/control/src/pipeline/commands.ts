import { formatDuration } from '@kova/core/config/duration';
import { hasCode } from '@kova/core/errors/kova-error';
import { fail, pass, type Verdict } from '@kova/core/verdict';
import type { BuildDirectory } from '../build/directory.ts';
import { type CommandResult, run } from '../commands/run.ts';
import { tellingLines } from '../commands/telling.ts';

export interface CommandsRequest {
  argvs: ReadonlyArray<readonly string[]>;
  directory: BuildDirectory;
  env: Parameters<typeof run>[0]['env'];
  /** For all commands together, ms. */
  timeoutMs: number;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/** Runs the commands of a job one after the other; the first that does not succeed is the verdict. @throws the signal's reason */
export async function runCommands(request: CommandsRequest): Promise<Verdict> {
  const deadline = performance.now() + request.timeoutMs;
  const startedAt = performance.now();
  for (const argv of request.argvs) {
    const verdict = await runOne(argv, deadline, request);
    if (verdict) return verdict;
  }
  return pass(`done in ${formatDuration(performance.now() - startedAt)}`);
}

/** Null when it succeeded. */
async function runOne(argv: readonly string[], deadline: number, request: CommandsRequest): Promise<Verdict | null> {
  const { directory, env, timeoutMs, signal, onLine } = request;
  const name = argv.join(' ');
  onLine(`$ ${name}`);
  const left = Math.max(1, deadline - performance.now());
  const options = { argv, env, signal, cwd: directory.source, as: directory.as, timeoutMs: left, background: true };
  try {
    const result = await run({ ...options, onLine });
    return result.exitCode === 0 ? null : fail(told(name, result));
  } catch (error) {
    if (hasCode(error, 'STEP_TIMEOUT')) return fail(`\`${name}\` was not done within ${formatDuration(timeoutMs)}`);
    if (hasCode(error, 'COMMAND_FAILED')) return fail((error as Error).message);
    throw error;
  }
}

function told(name: string, { exitCode, signal, tail }: CommandResult): string {
  const how = signal
    ? `was ended by ${signal}${signal === 'SIGKILL' ? ' (out of memory?)' : ''}`
    : `ended with exit code ${exitCode}`;
  return [`\`${name}\` ${how}:`, ...tellingLines(tail)].join('\n');
}
