import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ExecutionView } from '@kova/control/api';
import { isGone } from '@kova/control/testing/is-gone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';

const bin = fileURLToPath(new URL('../packages/cli/bin/kova.js', import.meta.url));
/** So that an instance that was replaced is stopped soon. */
const environments = `{ production: { stability: '1s', instances: 2, standby: '1s' }, empty: { deploy: 'manual' } }`;

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  expect((await ship('one')).error).toBeNull();
});
afterAll(() => kova?.close());

const ship = (text: string) =>
  kova.shipped({
    text,
    environments,
    atStart: `if (process.getBuiltinModule('node:fs').existsSync(${JSON.stringify(`${kova.home}/sick`)})) process.exit(1);`,
  });
const env = () => ({ ...kova.env, KOVA_URL: kova.control.url });
const exec = (...args: string[]) => runKova(['exec', '--project', 'shop', ...args], env());
const js = (code: string) => ['--', 'node', '-e', code];
const listed = async () => JSON.parse((await exec('--list', '--json')).out) as ExecutionView[];
const asked = { type: 'start', argv: ['sleep', '600'], timeoutMs: 60_000 };
const stays = 'console.log(process.pid); setInterval(() => {}, 1000)';

/** One that goes on, from the moment that it has printed something. */
async function begin(...args: string[]): Promise<{ child: ChildProcessWithoutNullStreams; first: string }> {
  const child = spawn(process.execPath, [bin, 'exec', '--project', 'shop', ...args], { env: env() });
  const [first] = await once(child.stdout, 'data');
  return { child, first: String(first) };
}

/** How it ended, and what it said then. */
async function endOf(child: ChildProcessWithoutNullStreams) {
  const said = buffer(child.stderr);
  const [code] = await once(child, 'close');
  return { code, err: String(await said) };
}

const gone = (pid: string) =>
  kova.until(
    async () => isGone(Number(pid)),
    (is) => is,
  );

test('it runs as the instance does, and its exit code and outputs are its own', async () => {
  const { instances } = await kova.environment();
  const code = 'console.log(process.env.KOVA_INSTANCE, process.cwd()); console.error("apart"); process.exit(7)';
  const ran = await exec(...js(code));
  expect(ran).toEqual({ code: 7, out: expect.stringContaining(`${instances[0]!.id} /`), err: 'apart\n' });
});

test('5 MB of random bytes go in and come out as they were', async () => {
  const bytes = randomBytes(5_000_000);
  const child = spawn(process.execPath, [bin, 'exec', '--project', 'shop', '--', 'cat'], { env: env() });
  const out = buffer(child.stdout);
  child.stdin.end(bytes);
  expect(await endOf(child)).toEqual({ code: 0, err: '' });
  expect((await out).equals(bytes)).toBe(true);
});

test('a reader that goes ends it', async () => {
  const { child } = await begin('--', 'yes');
  child.stdout.destroy();
  await endOf(child);
  await kova.until(listed, ([last]) => last?.endedAt !== null);
  expect(await listed()).toMatchObject([{ argv: ['yes'], reason: 'the caller has gone' }, {}, {}]);
});

test('an instance is chosen by its number, its slot or its release', async () => {
  const { live } = await kova.environment();
  const { colour, release } = live!;
  for (const choice of [[], ['--slot', colour!], ['--release', release]]) {
    const { out } = await exec(...choice, '--instance', '1', ...js('console.log(process.env.KOVA_INSTANCE)'));
    expect(out).toBe(`shop/production/${colour}/1\n`);
  }
  const other = colour === 'blue' ? 'green' : 'blue';
  expect(await exec('--slot', other, '--', 'true')).toMatchObject({
    code: 125,
    err: expect.stringContaining(`${other} does not run in production: there is ${release} in ${colour}`),
  });
  expect(await exec('--instance', '2', '--', 'true')).toMatchObject({
    code: 125,
    err: expect.stringContaining(`${colour} of production has no instance 2`),
  });
});

test('one JSON document', async () => {
  const { code, out } = await exec('--json', ...js('console.log("é"); console.error("apart"); process.exit(3)'));
  const { live, instances } = await kova.environment();
  expect(code).toBe(3);
  expect(JSON.parse(out)).toEqual({
    ...{ instance: instances[0]!.id, release: live!.release, exitCode: 3, stdout: 'é\n', stderr: 'apart\n' },
  });
  const refused = await exec('empty', '--json', '--', 'true');
  expect(refused.code).toBe(125);
  expect(JSON.parse(refused.out).error).toMatchObject({ code: 'NOT_FOUND' });
});

test.each<[string[], number, string]>([
  [['--', 'no-such-program'], 127, 'error PROGRAM_MISSING: there is no program `no-such-program`'],
  [['empty', '--', 'true'], 125, 'error NOT_FOUND: nothing is live in empty: there is nothing'],
  [['nowhere', '--', 'true'], 125, 'there is no environment nowhere of shop'],
  [['--timeout', '300ms', '--', 'sleep', '60'], 124, 'it was ended after 300 ms'],
  [['production', 'true'], 2, 'write the command after --'],
  [['--tty', '--', 'true'], 2, '--tty needs a terminal'],
  [['--timeout', '25h', '--', 'true'], 2, '1 d at most'],
  [['--', 'sh', '-c', 'kill -TERM $$'], 143, ''],
])('%j ends with %i', async (args, code, words) => {
  const ended = await exec(...args);
  expect(ended).toEqual({ code, out: '', err: expect.stringContaining(words) });
});

test('it wants the token', async () => {
  const ran = await runKova(['exec', '--project', 'shop', '--', 'true'], { ...env(), KOVA_TOKEN: 'another' });
  expect(ran).toMatchObject({ code: 125, err: expect.stringContaining('UNAUTHORIZED') });
});

test.each<[string, (string | Uint8Array<ArrayBuffer>)[], string]>([
  ['no command', ['{"type":"start"}'], 'INPUT_INVALID'],
  ['no JSON', ['start'], 'INPUT_INVALID'],
  ['input before the command', [new Uint8Array(10)], 'INPUT_INVALID'],
  ['an unknown key', [JSON.stringify({ ...asked, privileged: true })], 'INPUT_INVALID'],
  ['NUL in an argument', [JSON.stringify({ ...asked, argv: ['a\0b'] })], 'INPUT_INVALID'],
  ['a size that is none', [JSON.stringify(asked), '{"type":"resize","rows":-1,"columns":5}'], 'INPUT_INVALID'],
  [
    'more input than was asked for',
    [JSON.stringify(asked), ...Array(40).fill(new Uint8Array(100_000))],
    'closed with 1008',
  ],
  ['a message that is too large', [JSON.stringify(asked), new Uint8Array(300_000)], 'closed with 1009'],
])('over the API %s ends it', async (_, messages, ending) => {
  const url = `${kova.control.url.replace('http', 'ws')}/v1/projects/shop/environments/production/exec`;
  const headers = { authorization: `Bearer ${kova.token()}` };
  const socket = new WebSocket(url, { headers } as unknown as string);
  const heard: string[] = [];
  socket.addEventListener('message', ({ data }) => {
    const told = typeof data === 'string' ? (JSON.parse(data) as { type: string; error?: { code: string } }) : null;
    if (told?.error) heard.push(told.error.code);
    if (told?.type === 'started') for (const message of messages.slice(1)) socket.send(message);
  });
  socket.addEventListener('open', () => socket.send(messages[0]!));
  const [{ code }] = (await once(socket, 'close')) as [CloseEvent];
  expect(heard[0] ?? `closed with ${code}`).toBe(ending);
  await kova.until(listed, (all) => all.every(({ endedAt }) => endedAt !== null));
});

/** A person at a terminal, who runs the code, and then looks at how the terminal is set. */
function atTerminal(code: string) {
  const command = `tty; stty rows 31 cols 101; "$NODE" "$BIN" exec --project shop -- node -e "$CODE"; echo "exit $?."; stty -a`;
  const told = { ...env(), NODE: process.execPath, BIN: bin, CODE: code, SHELL: '/bin/sh' };
  const person = spawn('script', ['-qefc', command, '/dev/null'], { env: told });
  let shown = '';
  person.stdout.on('data', (bytes) => {
    shown += bytes;
  });
  const until = async (words: RegExp) => {
    while (!words.test(shown)) await once(person.stdout, 'data');
    return words.exec(shown)!;
  };
  return { person, until, left: once(person, 'close').then(() => shown) };
}

test('on a terminal: size, resize, Ctrl-C, and the terminal is put back', async () => {
  const { person, until, left } =
    atTerminal(`const say = () => console.log(['size', process.stdout.getWindowSize()].join(' ') + '.');
    process.stdout.on('resize', say); process.on('SIGINT', () => { console.log('interrupted.'); process.exit(5); });
    say(); setInterval(() => {}, 1000)`);
  await until(/size 101,31\./);
  const [terminal] = await until(/\/dev\/pts\/\d+/);
  execFileSync('stty', ['-F', terminal, 'rows', '42', 'cols', '142']);
  await until(/size 142,42\./);
  person.stdin.write('\x03');
  await until(/interrupted\./);
  await until(/exit 5\./);
  expect(await left).toMatch(/ icanon .* echo /s);
});

test('a terminal is put back when the connection breaks, and what ran in it is gone', async () => {
  const { until, left } = atTerminal(
    `console.log('pid ' + process.pid + '.'); process.on('SIGHUP', () => {}); setInterval(() => {}, 1000)`,
  );
  const [, pid] = await until(/pid (\d+)\./);
  kova.killControl();
  expect(await left).toMatch(/the connection to Kova broke.*exit 125\..* icanon .* echo /s);
  await kova.up();
  await gone(pid!);
});

test('when its caller is killed, the command is gone with all that it has started', async () => {
  const code = `const { pid } = require('node:child_process').spawn('sleep', ['600'], { detached: true });
    console.log(process.pid, pid); setInterval(() => {}, 1000)`;
  const { child, first } = await begin(...js(code));
  child.kill('SIGKILL');
  for (const pid of first.trim().split(' ')) await gone(pid);
  const { instances } = await kova.environment();
  expect(instances.map(({ state, restarts }) => ({ state, restarts }))).toEqual(
    [0, 1].map(() => ({ state: 'ready', restarts: 0 })),
  );
});

test('Ctrl-C without a terminal goes to the command, the second one leaves it', async () => {
  const { child, first } = await begin(...js(`process.on('SIGINT', () => console.log('once')); ${stays}`));
  child.kill('SIGINT');
  expect(String((await once(child.stdout, 'data'))[0])).toBe('once\n');
  child.kill('SIGINT');
  expect(await endOf(child)).toMatchObject({ code: 130, err: expect.stringContaining('left by SIGINT') });
  await gone(first);
});

test('when another release takes the place of its instance, it ends and says so', async () => {
  const { live } = await kova.environment();
  const { child, first } = await begin(...js(stays));
  const ended = endOf(child);
  expect((await ship('two')).error).toBeNull();
  expect(await ended).toEqual({
    code: 125,
    err: expect.stringContaining(`EXEC_ENDED: shop/production/${live!.colour}/0 was stopped, as when another release`),
  });
  await gone(first);
});

test('when its instance ends, it ends and says so', async () => {
  const { live, instances } = await kova.environment();
  // The slot that was replaced may still be stopping.
  const [, second] = instances.filter(({ release }) => release === live!.release);
  const { child } = await begin('--instance', '1', ...js(stays));
  process.kill(second!.pid!, 'SIGKILL');
  const words = `EXEC_ENDED: ${second!.id} was killed by SIGKILL`;
  expect(await endOf(child)).toEqual({ code: 125, err: expect.stringContaining(words) });
});

test('a control plane that is killed ends it, when it is back at the latest', async () => {
  const { child, first } = await begin(...js(stays));
  kova.killControl();
  expect(await endOf(child)).toEqual({ code: 125, err: expect.stringContaining('the connection to Kova broke') });
  await kova.up();
  await gone(first);
  expect((await listed())[0]).toMatchObject({ reason: 'Kova ended', exitCode: null });
});

test('a control plane that is stopped ends it, and says so', async () => {
  const { child, first } = await begin(...js(stays));
  process.kill(kova.control.pid, 'SIGTERM');
  expect(await endOf(child)).toEqual({ code: 125, err: expect.stringContaining('EXEC_ENDED: Kova is being stopped') });
  await gone(first);
  await kova.up();
});

test('where nothing is ready it says what there is', async () => {
  kova.write('sick');
  const { live } = await kova.environment();
  await kova.killInstances(live!.release);
  await kova.until(
    () => kova.environment(),
    (now) => now.instances.every(({ state }) => state === 'crash-looped'),
  );
  const colour = live!.colour;
  expect(await exec('--', 'true')).toMatchObject({
    code: 125,
    err: expect.stringContaining(`no instance of production is ready: ${colour}/0 is crash-looped, ${colour}/1 is`),
  });
});

test('who ran what is listed', async () => {
  const { out } = await exec('production', '--list');
  expect(out).toMatch(/^ID +STARTED +BY +INSTANCE +END +COMMAND$/m);
  expect(out).toMatch(/^exec_\w+ +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\w+ +production\/\w+\/0 +0 +cat$/m);
  expect((await exec('empty', '--list')).out).toBe('Nothing was run yet.\n');
});
