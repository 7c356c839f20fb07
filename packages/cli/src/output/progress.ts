import type { StreamEvent } from '@kova/control/api';
import type { Cli } from '../cli.ts';
import { liveProgress } from './live.ts';
import { plainProgress } from './plain.ts';

/** Shows events as they come. */
export interface Progress {
  show(event: StreamEvent): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

const silent: Progress = { show: () => undefined, end: () => undefined };

/** Live on a terminal, plain lines elsewhere, nothing with --json. */
export function progressFor({ json, out, env }: Cli): Progress {
  if (json) return silent;
  if (out.isTTY && !env.CI && env.TERM !== 'dumb') return liveProgress(out);
  return plainProgress((line) => out.write(`${line}\n`));
}
