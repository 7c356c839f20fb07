import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall, explainEngine } from '../../../engine/explain.ts';
import { PieceReader } from '../../../engine/frames.ts';
import { enginePatience } from '../../../engine/patience.ts';
import type { ExecEnd, ExecRequest, Execution } from '../../../ports/exec.ts';
import { isRunning, type ProcessRef, refTo } from '../../process/system/processes.ts';
import { launchVariable } from '../../process/system/terminate.ts';
import { type ContainerCommand, endCommand, killRemainders, signalCommand } from './end.ts';
import { outputsOf } from './outputs.ts';

/** By which an engine lets go of a command: by default it holds back Ctrl-P, which shells know. */
const DetachKeys = 'ctrl-@,ctrl-_,ctrl-@';
const lookMs = 20;
/** For a command whose output is held open by what it has left running. */
const lookAtEndMs = 1000;
const startPatienceMs = 15_000;
const endPatienceMs = 15_000;
/** Killed: also what an end is told as that the engine did not tell. */
const killed = 137;
const containerEndsWithinMs = 300;

export interface ContainerExec {
  container: Docker.Container;
  /** The container's first process, by the number that this machine knows it by. */
  pid: number;
  /** The instance, for errors. */
  name: string;
  /** What the container has not given to its own process by its environment, as `KEY=value`. */
  env: readonly string[];
  /** Unique, so that what it starts is found again. */
  mark: string;
}

/** Runs a command in a container, as its user and with its environment. @throws KovaError PROGRAM_MISSING, ENGINE_FAILED */
export async function execInContainer(where: ContainerExec, request: ExecRequest): Promise<Execution> {
  const { container, name, mark } = where;
  const first = refTo(where.pid);
  const { argv, terminal, signal } = request;
  const Tty = terminal !== null;
  const attached = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
  const Env = [...where.env, `${launchVariable}=${mark}`, ...(terminal ? [`TERM=${terminal.kind}`] : [])];
  const doing = `running a command in ${name}`;
  const exec = await engineCall(doing, () => container.exec({ Cmd: [...argv], ...attached, Env, Tty, DetachKeys }));
  const socket = (await engineCall(doing, () => exec.start({ hijack: true, stdin: true, Tty }))) as unknown as Socket;
  socket.on('error', () => {});
  const command = { container, pid: await pidOf(exec, socket, Tty), mark };
  const { stdout, stderr, drained } = outputsOf(socket, Tty);
  const resize = ({ rows, columns }: { rows: number; columns: number }) =>
    void exec.resize({ h: rows, w: columns }).catch(() => {});
  if (terminal) resize(terminal);
  const end = () => void endCommand(command).catch(() => {});
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const ended = endOf(exec, command, drained, signal)
    .then((how) => withContainer(how, name, first))
    .finally(() => signal.removeEventListener('abort', end));
  return {
    ...{ stdin: socket, stdout, stderr, ended },
    resize: (size) => terminal && resize(size),
    kill: (wanted) => void signalCommand(command, wanted).catch(() => {}),
  };
}

/** The engine says so a moment after the start. @throws KovaError PROGRAM_MISSING with the engine's words */
async function pidOf(exec: Docker.Exec, socket: Socket, terminal: boolean): Promise<number> {
  for (const until = performance.now() + startPatienceMs; performance.now() < until; await sleep(lookMs)) {
    const { Pid, Running } = await engineCall('looking at a command', () => exec.inspect());
    if (Pid > 0) return Pid;
    if (!Running) throw notStarted(await buffer(socket), terminal);
  }
  socket.destroy();
  throw new KovaError('ENGINE_FAILED', 'the engine did not start the command in time');
}

function notStarted(said: Buffer, terminal: boolean): KovaError {
  const words = terminal ? said : Buffer.concat(new PieceReader().push(said).map(({ bytes }) => bytes));
  const complaint = /exec: (.*?)(?:: unknown)?\s*$/.exec(words.toString())?.[1] ?? words.toString().trim();
  return new KovaError('PROGRAM_MISSING', `the command could not be started: ${complaint}`);
}

/** What is killed may have been killed with its container, which the kernel does before the engine knows of it. */
async function withContainer(end: ExecEnd, name: string, first: ProcessRef | null): Promise<ExecEnd> {
  if (end.exitCode !== killed || end.endedBy !== null || first === null) return end;
  for (const until = performance.now() + containerEndsWithinMs; performance.now() < until; await sleep(lookMs)) {
    if (!isRunning(first))
      return { ...end, endedBy: new KovaError('EXEC_ENDED', `the container of ${name} has ended`) };
  }
  return end;
}

async function endOf(
  exec: Docker.Exec,
  command: ContainerCommand,
  drained: Promise<void>,
  signal: AbortSignal,
): Promise<ExecEnd> {
  const endedBy = () => (signal.aborted ? signal.reason : null);
  let abortedAt = Number.POSITIVE_INFINITY;
  signal.addEventListener('abort', () => (abortedAt = performance.now()), { once: true });
  if (signal.aborted) abortedAt = performance.now();
  try {
    for (let over = false; performance.now() - abortedAt < endPatienceMs; ) {
      const { Running, ExitCode } = await exec.inspect({ abortSignal: enginePatience() });
      if (!Running) {
        await killRemainders(command);
        return { exitCode: ExitCode ?? killed, endedBy: endedBy() };
      }
      over ||= await Promise.race([drained.then(() => true), sleep(lookAtEndMs, false)]);
      if (over) await sleep(lookMs);
    }
    const message = `${reportOf(signal.reason).message}; it cannot be killed, and may go on in its container`;
    return { exitCode: killed, endedBy: new KovaError('EXEC_ENDED', message) };
  } catch (error) {
    return { exitCode: killed, endedBy: endedBy() ?? explainEngine('waiting for the end of a command', error) };
  }
}
