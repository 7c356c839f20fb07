import type { ExecStart } from '@kova/control/api';
import type { Cli } from '../cli.ts';
import type { ExecCall } from './call.ts';

type Terminal = NonNullable<ExecStart['terminal']>;

/** Whether there is a terminal here to hand on. */
export function hasTerminal(cli: Cli): boolean {
  return process.stdin.isTTY === true && cli.out.isTTY === true;
}

export function terminalHere({ out, env }: Cli): Terminal {
  return { rows: out.rows || 24, columns: out.columns || 80, kind: env.TERM || 'xterm-256color' };
}

/** From here on keys go to the command as they are, and so does the size. Returns what puts the terminal back. */
export function handOver({ out }: Cli, call: ExecCall): () => void {
  const { stdin } = process;
  const resize = () => call.say({ type: 'resize', rows: out.rows, columns: out.columns });
  const restore = () => {
    out.off('resize', resize);
    process.off('exit', restore);
    stdin.setRawMode(false);
  };
  stdin.setRawMode(true);
  out.on('resize', resize);
  process.once('exit', restore);
  return restore;
}
