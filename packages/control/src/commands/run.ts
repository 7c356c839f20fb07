import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@kova/core/config/duration';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import type { Identity } from '../home/unprivileged.ts';
import { sendToBackground } from './background.ts';
import type { Confines } from './confine/confines.ts';
import { endWithUs } from './ending.ts';
import { killGroup, signalGroup } from './group.ts';
import { closed, cutLines, eachLines, lastLines } from './lines.ts';
import { createScrubber } from './scrubber.ts';

/** A command is a value: a program, its arguments, where and as whom it runs. */
export interface Command {
  argv: readonly string[];
  cwd?: string;
  /** The whole environment; nothing is inherited. Values that are secret are scrubbed from the output. */
  env: Readonly<Record<string, string | Secret>>;
  as?: Identity | null;
  timeoutMs: number;
  signal?: AbortSignal;
  /** On abort it is asked to end by SIGTERM, and killed after so long; by default it is killed at once. */
  graceMs?: number;
  /** Called for each line of stdout and stderr, scrubbed. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Called with some lines of stdout or stderr at a time, scrubbed; the program waits until they are taken. */
  onLines?: (lines: string) => Promise<void>;
  /** Gives way to everything else: lower CPU priority, first to be killed when memory runs out. */
  background?: boolean;
  /** What it and all that it starts may take. */
  within?: Confines | null;
  /** Opens file descriptor 3 for an answer apart from the output, of so many bytes at most. */
  answerBytes?: number;
}

export interface CommandResult {
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** The last lines of both streams in the order they came, scrubbed; 200 at most. */
  tail: string[];
  /** What it wrote to file descriptor 3, cut at `answerBytes`. */
  answer: Buffer;
  durationMs: number;
}

type Ending = Pick<CommandResult, 'exitCode' | 'signal'>;

const tailLines = 200;
const longestLine = 8192;
/** A line is read longer than it is shown, so that no secret is cut in two before it is scrubbed. */
const longestRawLine = 65_536;
/** How long output may go on after the program has ended: only what has left its group can still hold the pipes. */
const drainMs = 2000;

/**
 * Runs a command in a process group of its own and waits for it; the whole group is killed on timeout, on abort,
 * and when the program has ended, and is gone when this settles. Output that a process outside the group goes on
 * to write is not waited for.
 * @throws KovaError STEP_TIMEOUT after `timeoutMs`; the signal's reason on abort; COMMAND_FAILED if it cannot be started.
 */
export async function run(command: Command): Promise<CommandResult> {
  command.signal?.throwIfAborted();
  const startedAt = performance.now();
  const scrub = createScrubber(Object.values(command.env).filter((value) => value instanceof Secret));
  const name = scrub(command.argv.join(' '));
  const child = start(command, name);
  if (command.background && child.pid) sendToBackground(child.pid);
  let tail = null as string | null;
  const reading = readOutput(child, (raw, stream) => {
    const text = cutLines(scrub(raw), longestLine);
    tail = lastLines(tail === null ? text : `${tail}\n${text}`, tailLines);
    if (command.onLine) for (const line of text.split('\n')) command.onLine(line, stream);
    return command.onLines?.(text);
  });
  const answer = collect(child, command.answerBytes ?? 0);
  try {
    const ending = await endWithUs(child.pid, supervise(child, command, name));
    await Promise.race([Promise.all([reading, answer.read]), sleep(drainMs, undefined, { ref: false })]);
    return {
      ...ending,
      tail: tail?.split('\n') ?? [],
      answer: Buffer.concat(answer.chunks),
      durationMs: performance.now() - startedAt,
    };
  } finally {
    for (const stream of child.stdio ?? []) stream?.destroy();
  }
}

function start(command: Command, name: string): ChildProcess {
  const { within, as: who = null } = command;
  const [program = '', ...args] = within ? within.argvOf(command.argv, who) : command.argv;
  const env = Object.fromEntries(
    Object.entries(command.env).map(([key, value]) => [key, value instanceof Secret ? value.reveal() : value]),
  );
  const as = who && !within?.changesUser ? { uid: who.uid, gid: who.gid } : {};
  const answer = command.answerBytes === undefined ? [] : ['pipe' as const];
  try {
    return spawn(program, args, {
      cwd: command.cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...answer],
      ...as,
    });
  } catch (cause) {
    throw notStarted(name, cause as Error);
  }
}

function notStarted(name: string, cause: Error): KovaError {
  return new KovaError('COMMAND_FAILED', `\`${name}\` could not be started: ${cause.message}`, { cause });
}

async function readOutput(
  child: ChildProcess,
  onLines: (lines: string, stream: 'stdout' | 'stderr') => void | Promise<void>,
): Promise<void> {
  const read = (stream: 'stdout' | 'stderr') =>
    child[stream] ? eachLines(child[stream], longestRawLine, (lines) => onLines(lines, stream)) : undefined;
  await Promise.all([read('stdout'), read('stderr')]);
}

/** Keeps the first `limit` bytes of file descriptor 3; the rest is read and dropped. */
function collect(child: ChildProcess, limit: number): { chunks: Buffer[]; read: Promise<void> | undefined } {
  const chunks: Buffer[] = [];
  let room = limit;
  const stream = child.stdio?.[3] as Readable | null | undefined;
  stream?.on('data', (chunk: Buffer) => {
    if (room > 0) chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
  });
  return { chunks, read: stream ? closed(stream) : undefined };
}

/** Waits for the end of the program and sees to it that its group ends with it. */
async function supervise(child: ChildProcess, command: Command, name: string): Promise<Ending> {
  const exited = new Promise<Ending>((resolve, reject) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    child.once('error', (cause) => reject(notStarted(name, cause)));
  });
  const stopped = Promise.withResolvers<never>();
  const onAbort = () => stopped.reject(command.signal?.reason);
  const timer = setTimeout(() => {
    const limit = formatDuration(command.timeoutMs);
    stopped.reject(new KovaError('STEP_TIMEOUT', `\`${name}\` did not end within ${limit}`));
  }, command.timeoutMs);
  command.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([exited, stopped.promise]);
  } finally {
    clearTimeout(timer);
    command.signal?.removeEventListener('abort', onAbort);
    if (child.pid && command.signal?.aborted) await askToEnd(child.pid, exited, command.graceMs ?? 0);
    if (child.pid) await killGroup(child.pid);
    await exited.catch(() => {});
  }
}

async function askToEnd(leader: number, exited: Promise<Ending>, graceMs: number): Promise<void> {
  if (graceMs === 0 || !signalGroup(leader, 'SIGTERM')) return;
  await Promise.race([exited.catch(() => {}), sleep(graceMs, undefined, { ref: false })]);
}
