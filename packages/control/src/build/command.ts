import { formatDuration } from '@kova/core/config/duration';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { type CommandResult, run } from '../commands/run.ts';
import type { BuildDirectory } from './directory.ts';

export interface BuildCommand {
  argv: readonly string[];
  directory: BuildDirectory;
  env: Parameters<typeof run>[0]['env'];
  /** When install and build together must be done, on the clock of `performance.now()`. */
  deadline: number;
  /** What was allowed in all, ms; for the message. */
  allowedMs: number;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

const firstLines = 8;
const lastLines = 12;

/**
 * Runs one command of a build, without rights, giving way to everything else.
 * @throws KovaError BUILD_FAILED with the last lines, BUILD_TIMEOUT; the signal's reason
 */
export async function runBuildCommand(command: BuildCommand): Promise<void> {
  const { argv, directory, env, deadline, allowedMs, signal, onLine } = command;
  const name = argv.join(' ');
  onLine(`$ ${name}`);
  const timeoutMs = Math.max(1, deadline - performance.now());
  const result = await run({
    argv,
    cwd: directory.source,
    env,
    as: directory.as,
    timeoutMs,
    signal,
    onLine,
    background: true,
  }).catch((cause: unknown) => {
    if (hasCode(cause, 'STEP_TIMEOUT')) {
      const limit = formatDuration(allowedMs);
      throw new KovaError('BUILD_TIMEOUT', `\`${name}\` was not done within the ${limit} of app.buildTimeout`);
    }
    if (hasCode(cause, 'COMMAND_FAILED')) throw new KovaError('BUILD_FAILED', (cause as Error).message, { cause });
    throw cause;
  });
  if (result.exitCode !== 0) throw failed(name, result);
}

function failed(name: string, { exitCode, signal, tail }: CommandResult): KovaError {
  const how = signal
    ? `was ended by ${signal}${signal === 'SIGKILL' ? ' (out of memory?)' : ''}`
    : `ended with exit code ${exitCode}`;
  return new KovaError('BUILD_FAILED', [`\`${name}\` ${how}:`, ...telling(tail)].join('\n'));
}

/** The lines from the first error on and the last ones: tools tell the cause first, and what they did about it last. */
function telling(lines: readonly string[]): readonly string[] {
  if (lines.length <= firstLines + lastLines) return lines;
  const from = lines.findIndex((line) => /\berr(or)?\b/i.test(line));
  const first = from < 0 ? [] : lines.slice(from, Math.min(from + firstLines, lines.length - lastLines));
  return [...first, ...(first.length > 0 ? ['…'] : []), ...lines.slice(-lastLines)];
}
