import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createCli } from './cli.ts';
import { createProgram } from './program.ts';
import { kova, nowhere, serve, startKova } from './testing/kova.ts';
import { gitIn, repositoryWith, temporaryDirectory } from './testing/repository.ts';

const config = "import { defineConfig } from 'kova'\nexport default defineConfig({ name: 'shop' })\n";

test('when nothing runs, that is said with what to do', async () => {
  const env = { KOVA_URL: await nowhere() };
  const { code, out, err } = await kova(['status'], { env });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^error NOT_RUNNING: Kova does not answer at http:.*\n→ Start it with `kova up`\.\n$/);
  const asJson = await kova(['rollback', '--json', '--project', 'shop'], { env });
  expect(asJson).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(asJson.out)).toMatchObject({ error: { code: 'NOT_RUNNING', next: 'Start it with `kova up`.' } });
});

test.each([[['deploy', 'rel_1']], [['logs', 'production', '--tail', 'x']]])(
  'bad usage ends with 2: %j',
  async (args) => {
    expect(await kova(args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error: /) });
  },
);

test('bad usage is JSON as well when that is asked for', async () => {
  const { code, out, err } = await kova(['nonsense', '--json']);
  expect({ code, err }).toEqual({ code: 2, err: '' });
  expect(JSON.parse(out)).toMatchObject({ error: { code: 'USAGE', message: "unknown command 'nonsense'" } });
});

test('every command has a description, --json and an example in its help', async () => {
  let help = '';
  const writeOut = (text: string) => {
    help += text;
  };
  const program = await createProgram(createCli([]), [], () => undefined);
  const commands = program.commands.flatMap((command) => (command.commands.length > 0 ? command.commands : [command]));
  expect(commands.length).toBeGreaterThan(15);
  for (const command of commands) {
    help = '';
    command.configureOutput({ writeOut }).outputHelp();
    expect(help).toContain('Example:\n  $ kova ');
    expect([command.name(), command.description()]).not.toContain('');
    expect(command.options.map(({ long }) => long)).toContain('--json');
  }
  expect(await kova(['ship', '--help'])).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('$ kova ship'),
  });
});

test('only the command that is named is loaded, by the name that the help gives it', async () => {
  const namesFor = async (...argv: string[]) => {
    const program = await createProgram(createCli([]), argv, () => undefined);
    return program.commands.map((command) => command.name());
  };
  const all = await namesFor('help');
  expect(all.length).toBeGreaterThan(15);
  for (const name of all) expect(await namesFor(name, '--help')).toEqual([name]);
  expect(await namesFor('nonsense')).toEqual(all);
  expect(await namesFor('--version')).toEqual([]);
});

test('doctor says what is wrong and ends with 1', async () => {
  const home = temporaryDirectory();
  await mkdir(join(home, 'keys'));
  await writeFile(join(home, 'keys', 'api-token'), 'x', { mode: 0o644 });
  const env = { KOVA_URL: await nowhere(), KOVA_HOME: home, KOVA_TOKEN: '' };
  const { code, out } = await kova(['doctor', '--json'], { env });
  expect(code).toBe(1);
  const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: { name: string; ok: boolean; found: string }[] };
  expect(ok).toBe(false);
  expect(checks.filter((check) => !check.ok).map(({ name }) => name)).toEqual(['token', 'API']);
  expect(checks.find(({ name }) => name === 'token')?.found).toContain('0644');
});

const ship = { id: 'ship_1', project: 'shop', state: 'done', release: 'rel_1', deployments: [], error: null };

/** The API as far as `ship` uses it; `tell` answers the event stream. */
function api(tell: (response: ServerResponse) => void) {
  const received: { path: string; body: Buffer; token: string | undefined }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { url: path = '', method, headers } = request;
    if (path.endsWith('/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return tell(response);
    }
    const isKnown = received.some((each) => each.path.includes('/commits/'));
    received.push({ path, body: await buffer(request), token: headers.authorization });
    if (method === 'PUT') return response.end('{}');
    if (isKnown) return response.end('{"ship":"ship_1"}');
    return response.writeHead(404).end('{"code":"COMMIT_NOT_FOUND","message":"no","next":"no"}');
  };
  return { received, listener: (...both: [IncomingMessage, ServerResponse]) => void answer(...both) };
}

const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;

test('ship sends the commit, starts and ends with what came of it', async () => {
  const repository = repositoryWith({ 'kova.config.ts': config });
  const commit = gitIn(repository, 'rev-parse', 'HEAD');
  const { received, listener } = api((response) => response.end(event({ type: 'ship', ship: { ...ship, commit } })));
  const env = { KOVA_URL: await serve(listener) };
  const done = await kova(['ship', '--json', '--until', 'staging'], { env, cwd: repository });
  expect(done).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(done.out)).toMatchObject({ id: 'ship_1', state: 'done' });
  const paths = ['ships', `commits/${commit}`, 'ships'].map((path) => `/v1/projects/shop/${path}`);
  expect(received.map(({ path }) => path)).toEqual(paths);
  expect(received[1]?.body.toString('latin1', 0, 20)).toContain('git bundle');
  expect(JSON.parse(`${received[2]?.body}`)).toEqual({ commit, branch: 'main', until: 'staging', force: false });
  expect(received[0]?.token).toBe('Bearer token');
});

test('a ship that failed ends with 1 and its error, as text or as one JSON document', async () => {
  const repository = repositoryWith({ 'kova.config.ts': config });
  const error = { code: 'BUILD_FAILED', message: 'npm run build ended with 1', next: 'Mend it.' };
  const failed = { ...ship, commit: 'a', state: 'failed', release: null, error };
  const { listener } = api((response) => response.end(event({ type: 'ship', ship: failed })));
  const env = { KOVA_URL: await serve(listener) };
  const text = await kova(['ship'], { env, cwd: repository });
  expect(text).toMatchObject({ code: 1, err: 'error BUILD_FAILED: npm run build ended with 1\n→ Mend it.\n' });
  const asJson = await kova(['ship', '--json'], { env, cwd: repository });
  expect(asJson).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(asJson.out)).toEqual(failed);
});

test('Ctrl-C leaves the work running and says how to see it again', async () => {
  const repository = repositoryWith({ 'kova.config.ts': config });
  const { listener } = api((response) =>
    response.write(
      event({
        type: 'job',
        job: 'build',
        state: 'running',
        reason: '',
        cached: false,
        durationMs: null,
        at: new Date(),
      }),
    ),
  );
  const running = startKova(['ship'], { env: { KOVA_URL: await serve(listener) }, cwd: repository });
  await running.printed('build  running');
  running.child.kill('SIGINT');
  const { code, out } = await running.ended;
  expect(code).toBe(130);
  expect(out).toMatch(/The work goes on\. See it again with: kova attach ship_1\n$/);
});

test('a tree with changes, a commit that is not there and a repository without configuration are refused', async () => {
  const env = { KOVA_URL: await nowhere() };
  const repository = repositoryWith({ 'kova.config.ts': config });
  await writeFile(join(repository, 'new.txt'), '');
  const refusals = [
    [['ship'], repository, 'REPOSITORY_DIRTY: these are not committed: new.txt'],
    [['ship', '--commit', 'v9'], repository, 'COMMIT_NOT_FOUND: there is no commit v9'],
    [['ship', '--allow-dirty'], repository, 'NOT_RUNNING'],
    [['ship'], repositoryWith({ a: '' }), 'CONFIG_MISSING'],
    [['ship'], temporaryDirectory(), 'INPUT_INVALID'],
  ] as const;
  for (const [args, cwd, text] of refusals) {
    expect(await kova([...args], { env, cwd })).toMatchObject({ code: 1, err: expect.stringContaining(text) });
  }
});
