import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { KovaError } from '@kova/core/errors/kova-error';
import type { ExecRequest, Execution } from '../../../ports/exec.ts';
import { argvAs, type ConfinedPlan, spawnConfined } from '../system/confined.ts';
import { launchVariable } from '../system/terminate.ts';
import { runningCommand } from './running.ts';
import type { HostSaid, HostTold } from './terminal-messages.ts';

const host = fileURLToPath(new URL('terminal-host.ts', import.meta.url));

/** Runs a command on a terminal, which a process of its own holds. @throws KovaError EXEC_IMPOSSIBLE */
export async function execOnTerminal(
  { argv, cwd, env, as }: ConfinedPlan,
  launch: string,
  { rows, columns, kind }: NonNullable<ExecRequest['terminal']>,
  signal: AbortSignal,
): Promise<Execution> {
  refuseWithoutTerminals();
  const own = { argv: [process.execPath, host], cwd: '/', env: { [launchVariable]: launch }, as: null };
  const child = spawnConfined(own, ['pipe', 'pipe', 'pipe', 'ipc']);
  const say = (said: HostSaid) => void (child.connected && child.send(said, () => {}));
  const environment = { ...env, TERM: kind };
  say({ type: 'start', argv: argvAs(argv, as), cwd, env: environment, owner: as, size: { rows, columns }, kind });
  const pid = await pidFrom(child);
  return { ...runningCommand(child, pid, launch, signal), resize: (size) => say({ type: 'resize', ...size }) };
}

async function pidFrom(child: ChildProcess): Promise<number> {
  const [told] = await Promise.race([
    once(child, 'message') as Promise<[HostTold]>,
    once(child, 'exit').then(() => []),
  ]);
  if (told) return told.pid;
  const said = child.stderr ? await text(child.stderr) : '';
  const why = said.split('\n').find((line) => /Error: /.test(line)) ?? 'its process ended';
  throw new KovaError('EXEC_IMPOSSIBLE', `the terminal could not be opened: ${why}`, { next: withoutOne });
}

const withoutOne = 'Run it with --no-tty.';

/** The part that opens them is made for each system. */
function refuseWithoutTerminals(): void {
  const part = `@lydell/node-pty-${process.platform}-${process.arch}`;
  try {
    createRequire(createRequire(import.meta.url).resolve('@lydell/node-pty')).resolve(`${part}/package.json`);
  } catch {
    throw new KovaError('EXEC_IMPOSSIBLE', `this machine has no terminals to give: ${part} is not installed`, {
      next: withoutOne,
    });
  }
}
