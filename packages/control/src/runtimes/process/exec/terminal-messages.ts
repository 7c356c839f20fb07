import type { TerminalSize } from '../../../ports/exec.ts';

/** What the host of a terminal is told. */
export type HostSaid =
  | {
      type: 'start';
      argv: string[];
      cwd: string;
      env: Record<string, string>;
      /** Whose the terminal shall be; null for the host's own user. */
      owner: { uid: number; gid: number } | null;
      size: TerminalSize;
      kind: string;
    }
  | ({ type: 'resize' } & TerminalSize);

/** What it tells: the number of the command's first process. */
export interface HostTold {
  pid: number;
}
