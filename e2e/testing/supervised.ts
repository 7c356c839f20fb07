import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/cli/bin/kova.js', import.meta.url));

/** A command in the foreground, as a supervisor has it. */
export interface Supervised {
  child: ChildProcess;
  said(): string;
}

/** What a supervisor does: starts a command, and knows it by its pid until it ends. Resolves once it says `ready`. */
export async function supervise(args: string[], ready: string, env: NodeJS.ProcessEnv): Promise<Supervised> {
  const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.includes(ready)) resolve();
      });
    }
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}: ${text}`)));
  });
  return { child, said: () => text };
}

export async function end({ child }: Supervised, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
