import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

interface Where {
  cwd: string;
  /** Over the machine's PATH and HOME; nothing else is inherited. */
  env?: Record<string, string>;
}

export function startCheck(args: readonly string[], { cwd, env = {} }: Where) {
  const { PATH, HOME } = process.env;
  return spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs `kova-check` to its end. */
export async function kovaCheck(args: readonly string[], where: Where) {
  const child = startCheck(args, where);
  const [[code], out, err] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code: code as number | null, out, err };
}
