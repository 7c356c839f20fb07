import { KovaError } from '@kova/core/errors/kova-error';
import { isThere } from '../commands/is-there.ts';
import { run } from '../commands/run.ts';
import type { LogLine, LogQuery, LogSearch } from '../ports/job-runner.ts';

const limitMs = 30_000;
/** `12:text` for a line that was found, `11-text` for one beside it. */
const told = /^(\d+)([:-])(.*)$/s;

/**
 * Searches a log by grep: in a process of its own, which can be ended, whatever an expression makes of it, and which
 * reads 256 MiB in a moment without holding them.
 * @throws KovaError INPUT_INVALID for an expression that is none, or that is not done with in 30 s
 */
export async function searchLog(path: string, query: LogQuery, signal: AbortSignal): Promise<LogSearch> {
  if (!(await isThere(path))) return { lines: [], cut: false };
  const lines: LogLine[] = [];
  const said: string[] = [];
  const { exitCode } = await run({
    argv: ['grep', ...optionsOf(query), '-e', query.pattern, '--', path],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    ...{ timeoutMs: limitMs, signal, background: true },
    onLine: (line, stream) => {
      if (stream === 'stderr') said.push(line);
      else lines.push(...lineOf(line));
    },
  }).catch(tooSlow);
  // It ends with 1 when nothing was found.
  if (exitCode !== 0 && exitCode !== 1) throw notSearched(said.join(' ') || 'grep was ended');
  return { lines, cut: lines.filter(({ found }) => found).length >= query.limit };
}

function optionsOf({ kind, ignoreCase, context, limit }: LogQuery): string[] {
  const numbers = ['-C', String(context), '-m', String(limit)];
  return ['-a', '-n', kind === 'text' ? '-F' : '-E', ...(ignoreCase ? ['-i'] : []), ...numbers];
}

function lineOf(line: string): LogLine[] {
  const [, number, mark, text = ''] = told.exec(line) ?? [];
  // What stands between two places is no line of the log.
  return number === undefined ? [] : [{ line: Number(number), text, found: mark === ':' }];
}

function tooSlow(error: Error & { code?: string }): never {
  throw error.code === 'STEP_TIMEOUT' ? notSearched('it takes too long; write a simpler one') : error;
}

function notSearched(why: string): KovaError {
  return new KovaError('INPUT_INVALID', `the log cannot be searched for this: ${why.replace(/^grep: /, '')}`, {
    next: 'Write an extended regular expression, as `grep -E` has them, or search for plain text.',
  });
}
