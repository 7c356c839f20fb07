import type { Cli } from '../cli.ts';
import { liveProgress } from './live.ts';
import { type Progress, plainProgress } from './plain.ts';

const silent: Progress = { show: () => undefined, end: () => undefined };

/** Live on a terminal, plain lines elsewhere, nothing with --json. */
export function progressFor({ json, out, env }: Cli): Progress {
  if (json) return silent;
  if (out.isTTY && !env.CI && env.TERM !== 'dumb') return liveProgress(out);
  return plainProgress((line) => out.write(`${line}\n`));
}
