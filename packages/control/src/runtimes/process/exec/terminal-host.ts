// Runs in a process of its own, one a terminal: `node terminal-host.ts`, told by IPC what to run. What holds a terminal
// hands it on to all that it starts, so nothing else may be started here, and no terminal be held where more is.
import { chownSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { type IPty, spawn } from '@lydell/node-pty';
import { signalBase } from '../../../commands/signal-base.ts';
import type { HostSaid, HostTold } from './terminal-messages.ts';

/** Of a terminal whose program has ended. */
const silentMs = 200;

const { stdout } = process;
const tell = (told: HostTold) => process.send?.(told);

process.once('message', (first: HostSaid) => {
  if (first.type !== 'start') return process.exit(1);
  const { argv, cwd, env, owner, size, kind } = first;
  const [program = '', ...args] = argv;
  const terminal = spawn(program, args, {
    ...{ cwd, env, name: kind, cols: size.columns, rows: size.rows },
    encoding: null,
  });
  if (owner) chownSync((terminal as unknown as { ptsName: string }).ptsName, owner.uid, owner.gid);
  tell({ pid: terminal.pid });
  const readNow = closeWhenRead(terminal);
  // Without an encoding it gives bytes, and takes them, whatever its types say.
  terminal.onData((bytes) => {
    readNow();
    if (stdout.write(bytes)) return;
    terminal.pause();
    stdout.once('drain', () => terminal.resume());
  });
  process.stdin.on('data', (bytes: Buffer) => terminal.write(bytes as unknown as string));
  process.on('message', (said: HostSaid) => {
    if (said.type === 'resize') terminal.resize(said.columns, said.rows);
  });
  // With its master the terminal is hung up: SIGHUP to all that is in it.
  process.once('disconnect', () => process.exit(signalBase + constants.signals.SIGHUP));
  // What was written may not have been taken yet.
  terminal.onExit(({ exitCode, signal }) =>
    stdout.write('', () => process.exit(signal ? signalBase + signal : exitCode)),
  );
});

/**
 * node-pty closes a terminal 200 ms after its program has ended, by when a slow reader has not taken all. It is closed
 * when all was read, or nothing more comes, as of a child that still holds it. Returns what is to be called when
 * something was read.
 */
function closeWhenRead(terminal: IPty): () => void {
  const { _socket: socket } = terminal as unknown as { _socket: Socket };
  const destroy = socket.destroy.bind(socket);
  let readAt = performance.now();
  const look = () => {
    if (stdout.writableNeedDrain || performance.now() - readAt < silentMs) setTimeout(look, silentMs);
    else destroy();
  };
  socket.destroy = (error) => {
    if (error || socket.readableEnded) return destroy(error);
    look();
    return socket;
  };
  return () => {
    readAt = performance.now();
  };
}
