import { formatDuration } from '@kova/core/config/duration';
import type { ErrorCode } from '@kova/core/errors/codes';
import { hasCode } from '@kova/core/errors/kova-error';
import { fail, inconclusive, pass, type Verdict } from '@kova/core/verdict';
import type { BuildDirectory } from '../build/directory.ts';
import type { Confines } from '../commands/confine/confines.ts';
import { type CommandResult, run } from '../commands/run.ts';
import { tellingLines } from '../commands/telling.ts';

/** How `kova-check` ends when it could not check; its last line says why. */
const notChecked = 3;

export interface CommandsRequest {
  argvs: ReadonlyArray<readonly string[]>;
  directory: BuildDirectory;
  confines: Confines;
  env: Parameters<typeof run>[0]['env'];
  /** For all commands together, ms. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Takes what they print, some lines at a time. */
  onLines: (lines: string) => Promise<void>;
}

/** What commands came to; the code says what kind of failure it was. */
export interface CommandsEnd {
  verdict: Verdict;
  code: ErrorCode | null;
}

/**
 * Runs the commands of a job one after the other; the first that does not succeed is the verdict. @throws the signal's
 * reason
 */
export async function runCommands(request: CommandsRequest): Promise<CommandsEnd> {
  const deadline = performance.now() + request.timeoutMs;
  const startedAt = performance.now();
  for (const argv of request.argvs) {
    const end = await runOne(argv, deadline, request);
    if (end) return end;
  }
  return { verdict: pass(`done in ${formatDuration(performance.now() - startedAt)}`), code: null };
}

/** Null when it succeeded. */
async function runOne(
  argv: readonly string[],
  deadline: number,
  request: CommandsRequest,
): Promise<CommandsEnd | null> {
  const { directory, confines, env, timeoutMs, signal, onLines } = request;
  const name = argv.join(' ');
  await onLines(`$ ${name}`);
  const left = Math.max(1, deadline - performance.now());
  const options = { argv, env, signal, cwd: directory.source, as: directory.as, timeoutMs: left };
  const failedAt = async (reason: string, code?: ErrorCode) =>
    failed(withBreach(reason, await confines.breach()), code);
  try {
    const result = await run({ ...options, within: confines, background: true, onLines });
    if (argv[0] === 'kova-check' && result.exitCode === notChecked) {
      return { verdict: inconclusive(result.tail.at(-1) ?? `\`${name}\` could not check`), code: null };
    }
    return result.exitCode === 0 ? null : await failedAt(told(name, result));
  } catch (error) {
    if (hasCode(error, 'STEP_TIMEOUT')) {
      return await failedAt(`\`${name}\` was not done within ${formatDuration(timeoutMs)}`, 'JOB_TIMEOUT');
    }
    if (hasCode(error, 'COMMAND_FAILED')) return failed((error as Error).message);
    throw error;
  }
}

function failed(reason: string, code: ErrorCode = 'JOB_FAILED'): CommandsEnd {
  return { verdict: fail(reason), code };
}

/** The limit that was met stands first: what the command itself says about it is seldom the cause. */
function withBreach(reason: string, breach: string | null): string {
  return breach === null ? reason : `${breach}\n${reason}`;
}

function told(name: string, { exitCode, signal, tail }: CommandResult): string {
  const missing = /^(?:setpriv|prlimit): failed to execute (.*)/.exec(tail.at(-1) ?? '')?.[1];
  if (missing && (exitCode === 126 || exitCode === 127)) return `\`${name}\` could not be started: ${missing}`;
  const how = signal
    ? `was ended by ${signal}${signal === 'SIGKILL' ? ' (out of memory?)' : ''}`
    : `ended with exit code ${exitCode}`;
  return [`\`${name}\` ${how}:`, ...tellingLines(tail)].join('\n');
}
