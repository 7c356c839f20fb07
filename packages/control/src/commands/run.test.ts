import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Secret } from '@kova/core/secret';
import { expect, test, vi } from 'vitest';
import { type Command, run } from './run.ts';
import { findMarked, killStrays } from './strays.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const node = process.execPath;
const base = { env: { PATH: process.env.PATH ?? '' }, timeoutMs: 20_000 };

function script(code: string, more: Partial<Command> = {}): Command {
  return { ...base, argv: [node, '-e', code], ...more };
}

let marks = 0;
/** A mark that no other process of this machine has, and the environment that gives it. */
function newMark() {
  marks += 1;
  const value = `${process.pid}-${marks}`;
  return {
    mark: { variable: `KOVA_TEST_MARK=${value}`, directory: '/nowhere' },
    env: { ...base.env, KOVA_TEST_MARK: value },
  };
}

test('gives the exit code, the lines of both streams and the time it took', async () => {
  const lines: string[] = [];
  const result = await run(
    script('console.log("out\\r\\nlast"); console.error("err"); process.exitCode = 3', {
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    }),
  );
  expect(result).toMatchObject({ exitCode: 3, signal: null });
  expect(lines.sort()).toEqual(['stderr err', 'stdout last', 'stdout out']);
  expect(result.tail.sort()).toEqual(['err', 'last', 'out']);
  expect(result.durationMs).toBeGreaterThan(0);
});

test('who takes the lines slowly gets all of them, in order, while the program waits', async () => {
  let taken = '';
  let atOnce = 0;
  await run(
    script('for (let i = 0; i < 200000; i++) console.log(i)', {
      async onLines(lines) {
        atOnce += 1;
        expect(atOnce).toBe(1);
        await nextTurn();
        taken += `${lines}\n`;
        atOnce -= 1;
      },
    }),
  );
  expect(taken).toBe(Array.from({ length: 200_000 }, (_, index) => `${index}\n`).join(''));
});

test('a long line among short ones is cut, and they are not', async () => {
  const { tail } = await run(script('console.log("a\\n" + "b".repeat(20000) + "\\nc")'));
  expect(tail).toEqual(['a', 'b'.repeat(8192), 'c']);
});

test('inherits nothing of the environment', async () => {
  process.env.KOVA_SENTINEL = 'must not be seen';
  const { tail } = await run(script('console.log(Object.keys(process.env).sort().join())', { env: { ONLY: '1' } }));
  expect(tail).toEqual(['ONLY']);
});

test('keeps the last 200 lines', async () => {
  const { tail } = await run(script('for (let i = 0; i < 1000; i++) console.log(i)'));
  expect([tail.length, tail[0], tail.at(-1)]).toEqual([200, '800', '999']);
  const few = await run(script('for (let i = 0; i < 3; i++) console.log(i % 2 ? "" : i)'));
  expect(few.tail).toEqual(['0', '', '2']);
  expect((await run(script(''))).tail).toEqual([]);
});

test('a line without end cannot fill the memory', async () => {
  const { tail } = await run(
    script(
      'const x = "x".repeat(1e6); for (let i = 0; i < 50; i++) process.stdout.write(x); console.log(); console.log("next")',
    ),
  );
  expect(tail.map((line) => line.length)).toEqual([8192, 4]);
});

// Scenario 40: https://github.com/coollabsio/coolify/issues/7019
test('secrets are scrubbed from lines, from the tail, and from what is thrown', async () => {
  const env = { ...base.env, TOKEN: new Secret('sentinel-1234'), KEY: new Secret('BEGIN\nsentinel-line-two\nEND') };
  const seen: string[] = [];
  const code =
    'console.log(process.env.TOKEN); console.log(process.env.KEY); console.log("x".repeat(8185) + process.env.TOKEN)';
  const { tail } = await run(script(code, { env, onLine: (line) => seen.push(line) }));
  expect(`${seen} ${tail}`).not.toMatch(/sentin/);
  const failing = run({ argv: ['/nowhere/program', 'sentinel-1234'], env, timeoutMs: 1000 });
  await expect(failing).rejects.toMatchObject({ message: expect.not.stringContaining('sentinel') });
});

// Scenario 2: https://github.com/basecamp/kamal/issues/1587
test('a command that hangs ends at its deadline, with all of its group, and the message names it', async () => {
  const { mark, env } = newMark();
  const code =
    'require("child_process").spawn("sleep", ["1000"]); setInterval(() => {}, 1000); process.on("SIGTERM", () => {})';
  await expect(run(script(code, { env, timeoutMs: 500 }))).rejects.toMatchObject({
    code: 'STEP_TIMEOUT',
    message: expect.stringMatching(/-e .* did not end within 500 ms/),
  });
  expect(await findMarked(mark)).toEqual([]);
});

// Scenarios 3 and 6: https://github.com/coollabsio/coolify/issues/5850
test('on abort it rejects with the reason when nothing of the group is left', async () => {
  const { mark, env } = newMark();
  const stop = new AbortController();
  const running = run(
    script('require("child_process").spawn("sleep", ["1000"]); console.log("up"); setInterval(() => {}, 1000)', {
      env,
      signal: stop.signal,
      onLine: () => stop.abort(new Error('asked to')),
    }),
  );
  await expect(running).rejects.toThrow('asked to');
  expect(await findMarked(mark)).toEqual([]);
  await expect(run(script('', { signal: stop.signal }))).rejects.toThrow('asked to');
});

test('on abort it may be given time to end by itself, and is killed when that is over', async () => {
  const stopping = async (onTerm: string, graceMs: number) => {
    const stop = new AbortController();
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      if (line === 'up') stop.abort(new Error('asked to'));
    };
    const code = `process.on("SIGTERM", () => { ${onTerm} }); console.log("up"); setInterval(() => {}, 1000)`;
    await expect(run(script(code, { signal: stop.signal, graceMs, onLine }))).rejects.toThrow('asked to');
    return lines;
  };
  expect(await stopping('console.log("well"); process.exit(0)', 20_000)).toEqual(['up', 'well']);
  expect(await stopping('console.log("no")', 200)).toContain('up');
});

test('children that the program leaves in its group end with it', async () => {
  const { mark, env } = newMark();
  const { exitCode } = await run(
    script('require("child_process").spawn("sleep", ["1000"], { stdio: "inherit" }).unref(); process.exit(0)', { env }),
  );
  expect(exitCode).toBe(0);
  expect(await findMarked(mark)).toEqual([]);
});

test('a child outside the group that holds the output is not waited for, and the mark finds it', async () => {
  const { mark, env } = newMark();
  const code =
    'require("child_process").spawn("sleep", ["1000"], { stdio: "inherit", detached: true }).unref(); process.exit(0)';
  const { durationMs, exitCode } = await run(script(code, { env }));
  expect(exitCode).toBe(0);
  expect(durationMs).toBeLessThan(10_000);
  expect(await findMarked(mark)).toHaveLength(1);
  expect(await killStrays(mark)).toBe(1);
  expect(await findMarked(mark)).toEqual([]);
});

test.skipIf(process.platform !== 'linux')(
  'whatever works in the directory is found, but for a terminal of a person',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kova-strays-'));
    const mark = { variable: 'KOVA_TEST_MARK=none', directory };
    const working = spawn('sleep', ['1000'], { cwd: directory, detached: true, stdio: 'ignore' });
    const person = spawn('script', ['-qc', 'echo up; exec sleep 1000', '/dev/null'], {
      cwd: directory,
      detached: true,
    });
    await once(person.stdout, 'data');
    const found = await findMarked(mark);
    expect(found).toContain(working.pid);
    const shell = execFileSync('pgrep', ['-P', String(person.pid)], { encoding: 'utf8' }).trim();
    expect(found).not.toContain(Number(shell));
    process.kill(Number(shell), 'SIGKILL');
    await killStrays(mark);
    expect(await findMarked(mark)).toEqual([]);
    await rm(directory, { recursive: true });
  },
);

test.each([
  ['a program that is not there', { argv: ['/nowhere/program'] }],
  ['an empty command', { argv: [] }],
  ['a directory that is not there', { argv: [node, '-v'], cwd: '/nowhere' }],
  ['a NUL in an argument', { argv: [node, 'a\0b'] }],
])('%s cannot be started', async (_name, command) => {
  await expect(run({ ...base, ...command })).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
});

test('a command ended by a signal has no exit code', async () => {
  expect(await run(script('process.kill(process.pid, "SIGKILL")'))).toMatchObject({
    exitCode: null,
    signal: 'SIGKILL',
  });
});

test('the answer comes apart from the output and is cut at its limit', async () => {
  const code = 'require("fs").writeFileSync(3, "a".repeat(200000)); console.log("log")';
  const { answer, tail } = await run(script(code, { answerBytes: 150_000 }));
  expect([answer.length, tail]).toEqual([150_000, ['log']]);
});

test.skipIf(process.platform !== 'linux')('in the background it and its children give way to all else', async () => {
  const read =
    'require("fs").readFileSync("/proc/self/oom_score_adj", "utf8").trim() + " " + require("os").getPriority()';
  const code = `console.log(${read}); console.log(require("child_process").execFileSync(process.execPath, ["-p", ${JSON.stringify(read)}]).toString())`;
  const { tail } = await run(script(code, { background: true }));
  expect(tail.slice(0, 2)).toEqual(['900 10', '900 10']);
});

const isRoot = process.getuid?.() === 0;

// Needs root, to become someone else.
test.skipIf(!isRoot)('runs as another user, without the groups of this one; its ids find what hides', async () => {
  const as = { uid: 65_534, gid: 60_000 + (process.pid % 1000), name: 'nobody' };
  const directory = await mkdtemp(join(tmpdir(), 'kova-run-'));
  await chmod(directory, 0o777);
  const hiding = `env -i /usr/bin/setsid -f /bin/sh -c 'echo up >up; cd /; exec /bin/sleep 1000' >/dev/null 2>&1
    until [ -s up ]; do sleep 0.02; done; id -u; id -G`;
  const { tail } = await run({ ...base, argv: ['/bin/sh', '-c', hiding], cwd: directory, as });
  await rm(directory, { recursive: true });
  expect(tail).toEqual(['65534', String(as.gid)]);
  const mark = { variable: 'KOVA_TEST_MARK=none', directory: '/nowhere' };
  expect(await findMarked(mark)).toEqual([]);
  expect(await killStrays({ ...mark, ids: as })).toBe(1);
});
