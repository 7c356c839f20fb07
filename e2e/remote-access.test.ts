import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { RepositoryView } from '@kova/control/api';
import { isGone } from '@kova/control/testing/is-gone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';
import { TestRemote } from './testing/remote.ts';

const token = 'a-t0ken-f0r-shop';
let mode: 'token' | 'away' | 'elsewhere' = 'token';
const strayed: (string | undefined)[] = [];

/** git's own server behind a password, as providers have it. */
const server = createServer((request, response) => {
  if (mode === 'away') return void response.writeHead(503).end();
  if (mode === 'elsewhere') return void response.writeHead(302, { location: elsewhereAt() + request.url }).end();
  const [, password] = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64')
    .toString()
    .split(':');
  if (password !== token) return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
  serveGit(request, response);
});
const elsewhere = createServer((request, response) => {
  strayed.push(request.headers.authorization);
  response.writeHead(404).end();
});
const at = (of: typeof server) => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;
const elsewhereAt = () => at(elsewhere);

function serveGit(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://git');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      ...{ GIT_PROJECT_ROOT: dirname(remote.path), GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: pathname },
      ...{ REQUEST_METHOD: request.method ?? '', QUERY_STRING: search.slice(1), REMOTE_USER: 'kova' },
      ...{
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      },
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk) => chunks.push(chunk));
  backend.on('close', () => {
    const answer = Buffer.concat(chunks);
    const split = answer.indexOf('\r\n\r\n');
    const lines = answer
      .subarray(0, split)
      .toString()
      .split('\r\n')
      .map((line) => line.split(': '));
    const status = lines.find(([name]) => name === 'Status')?.[1];
    response.writeHead(
      status ? Number.parseInt(status, 10) : 200,
      Object.fromEntries(lines.filter(([name]) => name !== 'Status')),
    );
    response.end(answer.subarray(split + 4));
  });
}

let kova: TestKova;
let remote: TestRemote;
let url: string;
beforeAll(async () => {
  for (const each of [server, elsewhere]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  kova = await TestKova.start();
  remote = new TestRemote(kova);
  remote.push({ text: 'before' });
  url = `${at(server)}/${remote.path.split('/').at(-1)}`;
});
afterAll(async () => {
  await kova.close();
  server.close();
  elsewhere.close();
});

const connect = (wish: object = {}) => remote.connect({ url, ...wish });
const show = () => kova.call<RepositoryView>('GET', '/v1/projects/shop/repository');
const stateOf = async (trigger: string | null) => (await show()).triggers.find(({ id }) => id === trigger)!;

test('without the token the repository cannot be read, and that is said', async () => {
  await expect(connect()).rejects.toMatchObject({
    code: 'REMOTE_UNREACHABLE',
    message: expect.stringContaining('without a token'),
  });
  await expect(connect({ token: 'the wrong one' })).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
});

test('connected from the command line: the token from a file, the secret told once; a push is shipped', async () => {
  writeFileSync(join(kova.home, 'token'), `${token}\n`);
  const args = ['repository', 'connect', url, '--provider', 'github', '--project', 'shop', '--token-file', 'token'];
  const env = { ...kova.env, KOVA_URL: kova.control.url };
  const { code, out, err } = await runKova(args, env, kova.home);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('/hooks/github/shop');
  expect(out).not.toContain(token);
  remote.secret = /secret +(\S+)/.exec(out)![1]!;
  const commit = remote.push({ text: 'over http' });
  const { trigger } = await remote.deliver(remote.pushed(commit));
  const { ship } = await kova.until(
    () => stateOf(trigger),
    ({ state }) => state === 'started',
  );
  expect(await kova.endOf(ship!)).toMatchObject({ state: 'done', commit });
  const shown = await runKova(['repository', 'show', '--project', 'shop'], env);
  expect(shown.out).toContain(ship!);
  expect(shown.out).not.toContain(remote.secret);
  expect((await runKova(['repository', 'list'], env)).out).toContain(url);
});

test('the token is in no argument of a process', async () => {
  await connect({ token });
  const seen = new Set<string>();
  let done = false;
  const watching = (async () => {
    while (!done) {
      for (const line of execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' }).split('\n'))
        if (line.includes('git')) seen.add(line);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const { trigger } = await remote.deliver(remote.pushed(remote.push({ text: 'watched' })));
  const { ship } = await kova.until(
    () => stateOf(trigger),
    ({ state }) => state === 'started',
  );
  done = true;
  await watching;
  const all = [...seen].join('\n');
  expect(all).toContain(url);
  expect(all).not.toContain(token);
  expect(all).not.toContain(Buffer.from(`oauth2:${token}`).toString('base64'));
  await kova.endOf(ship!);
});

test('a redirect does not take the token to another server', async () => {
  mode = 'elsewhere';
  await expect(connect({ token })).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
  expect(strayed).toEqual([]);
  mode = 'token';
});

test('a remote that is away for a moment is asked again, over a kill -9 too', async () => {
  await connect({ token });
  const commit = remote.push({ text: 'patience' });
  mode = 'away';
  const { trigger, status } = await remote.deliver(remote.pushed(commit));
  expect(status).toBe(202);
  const { pid } = kova.control;
  kova.killControl();
  await kova.until(
    async () => isGone(pid),
    (gone) => gone,
  );
  await kova.up();
  expect(await stateOf(trigger)).toMatchObject({ state: 'accepted' });
  mode = 'token';
  const { ship } = await kova.until(
    () => stateOf(trigger),
    ({ state }) => state === 'started',
  );
  expect(await kova.endOf(ship!)).toMatchObject({ state: 'done', commit });
});

test('a trigger that failed may be told again', async () => {
  const commit = remote.push({ text: 'gone' }, 'refs/heads/main');
  execFileSync('git', ['--git-dir', remote.path, 'update-ref', '-d', 'refs/heads/main']);
  const message = remote.pushed(commit);
  const { trigger } = await remote.deliver(message);
  expect(
    await kova.until(
      () => stateOf(trigger),
      ({ state }) => state !== 'accepted',
    ),
  ).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('has no refs/heads/main'),
  });
  remote.push({ text: 'there again' });
  const again = await remote.deliver(message);
  expect(again).toMatchObject({ status: 202 });
  const { ship } = await kova.until(
    () => stateOf(again.trigger),
    ({ state }) => state === 'started',
  );
  await kova.endOf(ship!);
});
