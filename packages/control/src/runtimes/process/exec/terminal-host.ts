// Runs in a process of its own, one a terminal: `node terminal-host.ts`, told by IPC what to run. What holds a terminal
// hands it on to all that it starts, so nothing else may be started here, and no terminal be held where more is.
import { chownSync } from 'node:fs';
import { constants } from 'node:os';
import { spawn } from '@lydell/node-pty';
import { signalBase } from '../../../commands/signal-base.ts';
import type { HostSaid, HostTold } from './terminal-messages.ts';

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
  // Without an encoding it gives bytes, and takes them, whatever its types say.
  terminal.onData((bytes) => process.stdout.write(bytes));
  process.stdin.on('data', (bytes: Buffer) => terminal.write(bytes as unknown as string));
  process.on('message', (said: HostSaid) => {
    if (said.type === 'resize') terminal.resize(said.columns, said.rows);
  });
  // With its master the terminal is hung up: SIGHUP to all that is in it.
  process.once('disconnect', () => process.exit(signalBase + constants.signals.SIGHUP));
  terminal.onExit(({ exitCode, signal }) => process.exit(signal ? signalBase + signal : exitCode));
});
