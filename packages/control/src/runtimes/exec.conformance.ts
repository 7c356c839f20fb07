import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { hasCode } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { describe, expect } from 'vitest';
import type { ExecRequest, Execution } from '../ports/exec.ts';
import type { Instance } from '../ports/runtime.ts';

export interface ExecHarness {
  /** An instance of the app `good` that is ready, with this in its environment as well. */
  startReady(env: Record<string, string | Secret>): Promise<Instance>;
  exec(instance: Instance, request: ExecRequest): Promise<Execution>;
  /** What the instance has printed. */
  printed(): Promise<string[]>;
  look(): Promise<Instance>;
  /** Stops the slot; how much of it is left. */
  stop(): Promise<number>;
}

/** What a terminal shows. */
class Shown {
  #text = '';
  readonly #output: Readable;

  constructor(output: Readable) {
    this.#output = output;
    output.on('data', (bytes) => {
      this.#text += bytes;
    });
  }

  async until(words: string): Promise<void> {
    while (!this.#text.includes(words)) await once(this.#output, 'data');
  }
}

/** Commands in instances: part of the suite of the `Runtime` port. */
export function execConformance(test: (title: string, body: () => Promise<void>) => void, harness: ExecHarness): void {
  describe('exec', () => {
    const run = (instance: Instance, argv: string[], request: Partial<ExecRequest> = {}) =>
      harness.exec(instance, { argv, terminal: null, signal: new AbortController().signal, ...request });
    const node = (code: string) => ['node', '-e', code];
    const outcome = async ({ stdout, stderr, ended }: Execution) => {
      const [out, err, end] = await Promise.all([text(stdout), text(stderr), ended]);
      return { out, err, ...end };
    };

    test('runs beside the instance, with its environment and outputs of its own', async () => {
      const instance = await harness.startReady({ KEY: new Secret('a secret') });
      const code =
        'console.log(process.env.KEY, process.env.KOVA_INSTANCE, process.cwd()); console.error("apart"); process.exit(7)';
      const ran = await outcome(await run(instance, node(code)));
      expect(ran).toMatchObject({ exitCode: 7, endedBy: null, err: 'apart\n' });
      expect(ran.out).toMatch(new RegExp(`^a secret ${instance.id} /`));
      expect(await harness.printed()).not.toContain('apart');
    });

    test('is given arguments as they are, and input to its end, byte by byte', async () => {
      const instance = await harness.startReady({});
      const odd = ['$HOME `id` "a\\b\n', '', '*'];
      const told = await outcome(
        await run(instance, [...node('console.log(JSON.stringify(process.argv.slice(1)))'), ...odd]),
      );
      expect(JSON.parse(told.out)).toEqual(odd);
      const bytes = randomBytes(3_000_000);
      const echo = await run(instance, node('process.stdin.pipe(process.stdout)'));
      echo.stdin.end(bytes);
      echo.stderr.resume();
      expect((await buffer(echo.stdout)).equals(bytes)).toBe(true);
      expect(await echo.ended).toMatchObject({ exitCode: 0, endedBy: null });
    });

    test('on a terminal: its size, as it changes, and keys that are signals', async () => {
      const instance = await harness.startReady({});
      const code = `const say = () => console.log([process.stdout.isTTY, process.env.TERM, process.stdout.getWindowSize()].join(' ') + '.');
        process.stdout.on('resize', say); process.on('SIGINT', () => process.exit(5)); setInterval(say, 100)`;
      const running = await run(instance, node(code), { terminal: { rows: 31, columns: 101, kind: 'xterm' } });
      const shown = new Shown(running.stdout);
      running.stderr.resume();
      await shown.until('true xterm 101,31.');
      running.resize({ rows: 42, columns: 142 });
      await shown.until('true xterm 142,42.');
      running.stdin.write('\x03');
      expect(await running.ended).toMatchObject({ exitCode: 5, endedBy: null });
    });

    test('of a program that is not there is refused', async () => {
      const instance = await harness.startReady({});
      const refusal = await run(instance, ['no-such-program']).catch((error: unknown) => error);
      expect(hasCode(refusal, 'PROGRAM_MISSING')).toBe(true);
      expect(String(refusal)).toContain('no-such-program');
    });

    test('of an instance that is not there is refused', async () => {
      const instance = await harness.startReady({});
      const other = { ...instance, id: `${instance.slot}/7` };
      expect(hasCode(await run(other, ['true']).catch((error: unknown) => error), 'NOT_FOUND')).toBe(true);
    });

    test('passes signals on', async () => {
      const instance = await harness.startReady({});
      const code = 'process.on("SIGINT", () => process.exit(9)); setInterval(() => {}, 1000); console.log("ready")';
      const running = await run(instance, node(code));
      await once(running.stdout, 'data');
      running.kill('SIGINT');
      running.stdout.resume();
      running.stderr.resume();
      expect(await running.ended).toMatchObject({ exitCode: 9, endedBy: null });
    });

    // https://github.com/moby/moby/issues/9098, https://github.com/kubernetes/kubernetes/issues/89031
    test('ends with all that it has started when its caller goes', async () => {
      const instance = await harness.startReady({});
      const leave = new AbortController();
      const running = await run(instance, node(lingering), { signal: leave.signal });
      const [pids] = await once(running.stdout, 'data');
      leave.abort(new Error('gone'));
      running.stdout.resume();
      running.stderr.resume();
      expect(await running.ended).toMatchObject({ endedBy: new Error('gone') });
      expect(await aliveOf(instance, String(pids))).toEqual([]);
      expect(await harness.look()).toMatchObject({ state: 'ready', restarts: 0 });
    });

    // https://github.com/moby/moby/issues/41052
    test('leaves nothing behind when it ends by itself', async () => {
      const instance = await harness.startReady({});
      const { out, exitCode } = await outcome(
        await run(instance, node(`${lingering}; setTimeout(() => process.exit(3), 100)`)),
      );
      expect(exitCode).toBe(3);
      expect(await aliveOf(instance, out)).toEqual([]);
    });

    test('ends with its instance, and says so', async () => {
      const instance = await harness.startReady({});
      const running = await run(instance, node(lingering));
      await once(running.stdout, 'data');
      running.stdout.resume();
      running.stderr.resume();
      const [end, left] = await Promise.all([running.ended, harness.stop()]);
      expect(hasCode(end.endedBy, 'EXEC_ENDED')).toBe(true);
      expect(String(end.endedBy)).toContain(`${instance.id} was stopped`);
      expect(left).toBe(0);
    });

    /** Prints its own number and that of a child in a session of its own, which ignores all that can be ignored. */
    const lingering = `
      const { spawn } = require('node:child_process');
      const code = 'for (const s of ["SIGHUP", "SIGTERM", "SIGINT"]) process.on(s, () => {}); setInterval(() => {}, 1000)';
      const child = spawn(process.execPath, ['-e', code], { detached: true, stdio: 'inherit' });
      console.log(process.pid, child.pid); setInterval(() => {}, 1000)`;
    /** Which of these numbers are of node processes, as the instance sees them. */
    const aliveOf = async (instance: Instance, pids: string) => {
      const code = `const { readFileSync } = require('node:fs');
        console.log(JSON.stringify(${JSON.stringify(pids.trim().split(' '))}.filter((pid) => {
          try { return !/^State:\\s+[ZX]/m.test(readFileSync('/proc/' + pid + '/status', 'utf8')); } catch { return false; }
        })))`;
      return JSON.parse((await outcome(await run(instance, node(code)))).out) as string[];
    };
  });
}
