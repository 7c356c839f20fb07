import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { appDirectory, askRedis, askTls, query, startDevelopment } from '../testing/development.ts';
import { kova } from '../testing/kova.ts';

// A first start makes a database, which a busy disk takes its time for.
vi.setConfig({ testTimeout: 300_000 });

const plain = `{ name: 'shop', app: node({ start: ['node', 'server.mjs'] }), services: { postgres: postgres() } }`;
const small = `{ name: 'shop', app: node({ start: ['node', 'server.mjs'] }) }`;
const plainNode = `{ name: 'shop', app: { start: ['node', 'server.mjs'], dev: ['node', 'server.mjs'] } }`;

interface Answer {
  pid: number;
  GREETING: string | null;
  DATABASE_URL: string;
  REDIS_URL: string;
  forwarded: string | null;
}

async function ask(address: string): Promise<Answer> {
  return (await (await fetch(address)).json()) as Answer;
}

/** The processes that work in the directory or were started for it. */
function processesOf(directory: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory) || cwdOf(pid).startsWith(directory);
    } catch {
      return false;
    }
  });
}

function cwdOf(pid: number): string {
  return execFileSync('readlink', [`/proc/${pid}/cwd`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

async function end(development: ReturnType<typeof startDevelopment>): Promise<void> {
  development.child.kill('SIGINT');
  expect((await development.ended).code).toBe(0);
}

test('one command makes it ready; Ctrl-C ends all of it; the data are there again, soon', async () => {
  const directory = appDirectory(plain, { '.env.example': 'GREETING=hello\n' });
  const first = startDevelopment(directory);
  const { addresses, ms } = await first.event('ready');
  const { DATABASE_URL, GREETING } = await ask(addresses.app);
  expect(GREETING).toBe('hello');
  expect(statSync(join(directory, '.env.local')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(directory, '.kova/dev/connect.env'), 'utf8')).toBe(`DATABASE_URL='${DATABASE_URL}'\n`);
  expect(statSync(join(directory, '.kova/dev/connect.env')).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(first.told)).not.toContain(new URL(DATABASE_URL).password);
  const { text } = await askTls(directory, addresses.https);
  expect(JSON.parse(text)).toMatchObject({ GREETING: 'hello', forwarded: 'https' });
  await query(DATABASE_URL, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await end(first);
  expect(processesOf(directory)).toEqual([]);

  writeFileSync(join(directory, '.env.local'), 'GREETING=mine\n');
  const second = startDevelopment(directory);
  const again = await second.event('ready');
  expect(await ask(again.addresses.app)).toMatchObject({ GREETING: 'mine', DATABASE_URL });
  expect(await query(DATABASE_URL, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  expect(again.ms).toBeLessThan(ms);
  await end(second);
});

test('Redis wants its password, and keeps its data', async () => {
  const directory = appDirectory(plain.replace('postgres: postgres()', 'redis: redis()'));
  const during = async (use: (url: string) => Promise<void>) => {
    const development = startDevelopment(directory);
    await use((await ask((await development.event('ready')).addresses.app)).REDIS_URL);
    await end(development);
  };
  await during(async (url) => {
    expect(await askRedis(url, 'SET kept 42')).toContain('+OK');
    expect(await askRedis(url.replace(/\/\/.*@/, '//default:wrong@'), 'GET kept')).toContain('NOAUTH');
  });
  await during(async (url) => expect(await askRedis(url, 'GET kept')).toContain('42'));
});

test('what kill -9 leaves behind is taken over or ended by the next run', async () => {
  const directory = appDirectory(plain);
  const killed = startDevelopment(directory);
  const before = await ask((await killed.event('ready')).addresses.app);
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(processesOf(directory)).toContain(before.pid);
  const next = startDevelopment(directory);
  const after = await ask((await next.event('ready')).addresses.app);
  expect(after.DATABASE_URL).toBe(before.DATABASE_URL);
  expect(processesOf(directory)).not.toContain(before.pid);
  await end(next);
  expect(processesOf(directory)).toEqual([]);
});

test('a second one in the same folder is refused and names the first', async () => {
  const directory = appDirectory(small);
  const first = startDevelopment(directory);
  const { addresses } = await first.event('ready');
  const second = startDevelopment(directory);
  const { error } = await second.event('failed');
  expect(error).toMatchObject({ code: 'ALREADY_RUNNING', message: expect.stringContaining(`${first.child.pid}`) });
  expect((await second.ended).code).toBe(1);
  await ask(addresses.app);
  await end(first);
});

test('a changed env file and a changed configuration start the app anew; a wrong configuration changes nothing', async () => {
  const directory = appDirectory(small);
  const development = startDevelopment(directory);
  const { addresses } = await development.event('ready');
  expect((await ask(addresses.app)).GREETING).toBeNull();
  writeFileSync(join(directory, '.env.local'), 'GREETING=from the file\n');
  await development.event('restarted');
  const { GREETING, pid } = await ask(addresses.app);
  expect(GREETING).toBe('from the file');
  const config = readFileSync(join(directory, 'kova.config.ts'), 'utf8');
  writeFileSync(join(directory, 'kova.config.ts'), config.replace('name:', 'nme:'));
  await development.event('note', ({ text }) => /nme: unknown key[\s\S]*goes on as it was/.test(text));
  expect((await ask(addresses.app)).pid).toBe(pid);
  const told = development.told.length;
  const withEnv = config
    .replace('})\n', '')
    .replace('})', `}), environments: { development: { env: { GREETING: 'config' } } }`);
  writeFileSync(join(directory, '.env.local'), '');
  writeFileSync(join(directory, 'kova.config.ts'), withEnv);
  while (!development.told.slice(told).some(({ type }) => type === 'restarted'))
    await once(development.child.stdout!, 'data');
  await end(development);
});

test('an app that ends is said to, with its last lines, and started again', async () => {
  const directory = appDirectory(plainNode);
  const development = startDevelopment(directory);
  const { addresses } = await development.event('ready');
  const { pid } = await ask(addresses.app);
  await fetch(`${addresses.app}/crash`).catch(() => {});
  const ended = await development.event('ended');
  expect(ended).toMatchObject({ part: 'app', how: expect.stringContaining('ended with 7'), tail: ['the app listens'] });
  await development.event('restarted', ({ part }) => part === 'app');
  expect((await ask(addresses.app)).pid).not.toBe(pid);
  await end(development);
});

test('PostgreSQL that was killed is said to be and started again, at the same address', async () => {
  const directory = appDirectory(plain);
  const development = startDevelopment(directory);
  const { addresses } = await development.event('ready');
  const pidFile = join(directory, '.kova/dev/postgres/development/data/postmaster.pid');
  process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
  await development.event('ended', ({ part }) => part === 'postgres');
  await development.event('restarted', ({ part }) => part === 'postgres');
  expect(await query((await ask(addresses.app)).DATABASE_URL, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await end(development);
});

test('a migration that fails is shown, and the app is not started', async () => {
  const config = plain.replace('services', `database: { migrate: ['node', 'migrate.mjs'] }, services`);
  const directory = appDirectory(config, { 'migrate.mjs': 'console.error("no such table"); process.exit(3);\n' });
  const development = startDevelopment(directory);
  const { error } = await development.event('failed');
  expect(error).toMatchObject({ code: 'MIGRATION_FAILED', message: expect.stringContaining('no such table') });
  expect(development.told.some((event) => event.type === 'begun' && event.part === 'app')).toBe(false);
  expect((await development.ended).code).toBe(1);
  expect(processesOf(directory)).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0)('a disk without space is named, and nothing is left running', async () => {
  const directory = appDirectory(plain);
  mkdirSync(join(directory, '.kova'), { mode: 0o711 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=0711', 'tmpfs', join(directory, '.kova')]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', join(directory, '.kova')]));
  const development = startDevelopment(directory);
  const { error } = await development.event('failed');
  expect(error).toMatchObject({
    code: 'DISK_FULL',
    // In the words of Node or of a program, whichever was first.
    message: expect.stringMatching(/^no space is left in .*no space left/i),
  });
  await development.ended;
  expect(processesOf(directory)).toEqual([]);
});

test('an app that ends before it was ready fails the start, with its last lines', async () => {
  const directory = appDirectory(plainNode, { 'server.mjs': 'throw new Error("no such thing");\n' });
  const development = startDevelopment(directory);
  const { error } = await development.event('failed');
  expect(error).toMatchObject({ code: 'START_FAILED', message: expect.stringContaining('no such thing') });
  expect((await development.ended).code).toBe(1);
});

test.each([
  [
    'no script',
    `{ name: 'shop', app: { start: 'npm start', dev: 'npm run dev' } }`,
    { 'package.json': '{}' },
    'no script "dev"',
  ],
  ['no package.json', `{ name: 'shop', app: { start: 'npm start', dev: 'npm run dev' } }`, {}, 'no package.json'],
  ['no such program', `{ name: 'shop', app: { start: 'no-such-program' } }`, {}, '`no-such-program`'],
])('%s is named before anything is started', async (_, config, files, words) => {
  const development = startDevelopment(appDirectory(config, files));
  const { error } = await development.event('failed');
  expect(error).toMatchObject({ code: 'PREREQUISITE_MISSING', message: expect.stringContaining(words) });
});

test('a port that is taken is named with who has it, and the next free one is used or offered', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void listener.close());
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  const refused = startDevelopment(appDirectory(small), { args: ['--port', String(port)] });
  const { error } = await refused.event('failed');
  expect(error.message).toMatch(new RegExp(`^port ${port} is taken by .+ \\(process ${process.pid}\\)$`));
  const offered = /--port (\d+)/.exec(error.next)?.[1] ?? '';
  const development = startDevelopment(appDirectory(small), { args: ['--port', offered] });
  expect((await development.event('ready')).addresses.app).toBe(`http://localhost:${offered}`);
  await end(development);
});

test('reset asks, refuses while it runs, and removes the data', async () => {
  const directory = appDirectory(small, { '.env.local': 'GREETING=mine\n' });
  const development = startDevelopment(directory);
  await development.event('ready');
  expect(JSON.parse((await kova(['dev', 'reset', '--yes', '--json'], { cwd: directory })).out)).toMatchObject({
    error: { code: 'ALREADY_RUNNING' },
  });
  await end(development);
  expect((await kova(['dev', 'reset'], { cwd: directory })).err).toContain('Pass --yes');
  expect(existsSync(join(directory, '.kova/dev/tls'))).toBe(true);
  expect((await kova(['dev', 'reset', '--yes'], { cwd: directory })).code).toBe(0);
  expect(existsSync(join(directory, '.kova/dev'))).toBe(false);
  expect(existsSync(join(directory, '.env.local'))).toBe(true);
});

test('without a configuration it says what to run', async () => {
  const { code, err } = await kova(['dev', '--dir', '/']);
  expect(code).toBe(1);
  expect(err).toContain('kova init');
});
