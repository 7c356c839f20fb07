import { join } from 'node:path';
import { formatDuration } from '@kova/core/config/duration';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import type { Evidence } from '@kova/core/pipeline/evidence/evidence';
import type { JobConfig } from '@kova/core/pipeline/job';
import { type CommandResult, run } from '../../commands/run.ts';
import type { ReaderAnswer } from './answer.ts';

/** Time and memory that reading all reports of a job may take. */
export interface ReadingLimits {
  timeoutMs: number;
  heapMb: number;
}

const usual: ReadingLimits = { timeoutMs: 30_000, heapMb: 2048 };
const maxAnswerBytes = 16 * 1024 ** 2;

/**
 * Reads the reports that a job has left in its workspace, in which nothing works any more, in a process of its own: a
 * hostile report takes seconds and gigabytes, and the heap of a worker thread that overflows takes the whole process
 * along. @throws KovaError REPORT_MALFORMED with the file and the line; ARTEFACT_UNSAFE when one leads out
 */
export async function readReports(
  workspace: string,
  reports: JobConfig['reports'],
  signal: AbortSignal,
  limits = usual,
): Promise<Evidence[]> {
  if (reports.length === 0) return [];
  let files = 'the reports';
  const result = await run({
    argv: readerArgv(workspace, reports, limits),
    ...{ env: {}, signal, timeoutMs: limits.timeoutMs, background: true, answerBytes: maxAnswerBytes },
    onLine: (line, stream) => {
      if (stream === 'stdout') files = nameIn(line) ?? files;
    },
  }).catch((error) => {
    if (!hasCode(error, 'STEP_TIMEOUT')) throw error;
    throw new KovaError('REPORT_MALFORMED', `${files}: not read within ${formatDuration(limits.timeoutMs)}`);
  });
  return evidenceOf(result, files, limits);
}

/** It may read, since where its own code lies differs, and nothing else: no writing, no programs, no threads. */
function readerArgv(workspace: string, reports: JobConfig['reports'], { heapMb }: ReadingLimits): string[] {
  const rights = ['--permission', '--allow-fs-read=*', `--max-old-space-size=${heapMb}`];
  return [process.execPath, ...rights, join(import.meta.dirname, 'reader.ts'), workspace, JSON.stringify(reports)];
}

function nameIn(line: string): string | null {
  try {
    return String(JSON.parse(line));
  } catch {
    return null;
  }
}

function evidenceOf({ exitCode, signal, answer, tail }: CommandResult, files: string, limits: ReadingLimits) {
  if (exitCode !== 0) {
    const memory = tail.some((line) => /heap out of memory|heap limit/.test(line)) || signal === 'SIGKILL';
    const why = memory ? `more than ${limits.heapMb} MiB of memory are needed to read it` : tail.slice(-3).join(' ');
    throw new KovaError('REPORT_MALFORMED', `${files}: ${why}`);
  }
  if (answer.length >= maxAnswerBytes) throw new KovaError('REPORT_MALFORMED', `${files}: it holds too much`);
  const { evidence, error } = JSON.parse(answer.toString('utf8')) as ReaderAnswer;
  if (error) throw new KovaError(error.code, error.message);
  return evidence;
}
