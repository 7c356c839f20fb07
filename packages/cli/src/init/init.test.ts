import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseConfig } from '@kova/core/config/parse';
import { expect, onTestFinished, test } from 'vitest';
import { kova, nowhere } from '../testing/kova.ts';
import { temporaryDirectory } from '../testing/repository.ts';
import { detectApp } from './detect.ts';
import { configText } from './template.ts';

async function directoryWith(files: Record<string, string>): Promise<string> {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

/** What is found in a directory with the files, and the configuration for it as Kova reads it. */
async function detect(files: Record<string, string>) {
  const directory = await directoryWith(files);
  const found = await detectApp(directory);
  await writeFile(join(directory, 'kova.config.ts'), configText(found));
  return { found, config: parseConfig(await evaluate(directory)) };
}

async function evaluate(directory: string): Promise<unknown> {
  const source = await readFile(join(directory, 'kova.config.ts'), 'utf8');
  const copy = join(directory, 'evaluated.config.ts');
  const define = JSON.stringify(import.meta.resolve('@kova/core/config/define'));
  await writeFile(copy, source.replace("from 'kova'", `from ${define}`));
  const { default: exported } = (await import(/* @vite-ignore */ pathToFileURL(copy).href)) as { default: unknown };
  return exported;
}

test('a Next.js app', async () => {
  const { found, config } = await detect({
    'package.json': '{ "name": "@acme/Web Shop", "dependencies": { "next": "16" } }',
    'package-lock.json': '{}',
    'next.config.ts': "export default { output: 'standalone' }",
    'app/api/health/route.ts': '',
  });
  expect(found).toMatchObject({ kind: 'nextjs', name: 'web-shop', warnings: [] });
  expect(config).toMatchObject({ name: 'web-shop', app: { install: ['npm', 'ci'], health: { path: '/api/health' } } });
});

test('a Next.js app without standalone output or a health route is told so', async () => {
  const { found, config } = await detect({
    'package.json': '{ "dependencies": { "next": "16" } }',
    'next.config.js': '',
  });
  expect(found.warnings).toEqual([
    expect.stringContaining("output: 'standalone'"),
    expect.stringContaining('/api/health'),
  ]);
  expect(config.app).toMatchObject({ install: ['npm', 'install'], health: { path: '/' } });
});

test.each([
  ['node --enable-source-maps server.js', ['node', '--enable-source-maps', 'server.js']],
  ['NODE_ENV=production node server.js', ['npm', 'start']],
  ['next-thing start', ['npm', 'start']],
])('a Node app that starts with %s', async (start, argv) => {
  const { found, config } = await detect({
    'package.json': JSON.stringify({ name: 'api', scripts: { start, build: 'tsc' } }),
  });
  expect(found).toMatchObject({ kind: 'node', name: 'api' });
  expect(config.app).toMatchObject({ install: null, build: ['npm', 'run', 'build'], start: argv });
});

test('an app in another language', async () => {
  const { found, config } = await detect({ 'go.mod': 'module x' });
  expect(found).toMatchObject({ kind: 'other', warnings: [expect.stringContaining('$HOST:$PORT')] });
  expect(config.app).toMatchObject({ install: null, build: ['go', 'build', '-o', 'server', '.'], start: ['./server'] });
});

test('a kova.config.ts that is there stays, unless forced', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'kova.config.ts');
  await writeFile(file, 'mine');
  const refused = await kova(['init'], { cwd: directory });
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('error CONFLICT:') });
  expect(await readFile(file, 'utf8')).toBe('mine');
  expect(await kova(['init', '--force'], { cwd: directory })).toMatchObject({ code: 0 });
  expect(await readFile(file, 'utf8')).toContain('defineConfig');
});

test('a static site is served, and nothing beside it', async () => {
  const directory = await directoryWith({
    'public/index.html': '<p>hello</p>',
    'public/.env': 'SECRET',
    'outside.txt': 'no',
  });
  const said = await kova(['init', '--json'], { cwd: directory });
  expect(JSON.parse(said.out)).toMatchObject({ kind: 'static' });
  await symlink(join(directory, 'outside.txt'), join(directory, 'public', 'link.txt'));
  const { hostname: host, port } = new URL(await nowhere());
  const { app } = parseConfig(await evaluate(directory));
  const [, ...args] = app.start;
  const env = { ...process.env, PORT: port, HOST: host };
  const child = spawn(process.execPath, args, { cwd: directory, env, stdio: 'inherit' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const origin = `http://${host}:${port}`;
  await expect
    .poll(
      () =>
        fetch(origin).then(
          (answer) => answer.text(),
          () => null,
        ),
      { timeout: 20_000 },
    )
    .toBe('<p>hello</p>');
  for (const path of ['/.env', '/link.txt', '/..%2foutside.txt', '/%2e%2e/outside.txt', '/missing']) {
    expect([path, (await fetch(origin + path)).status]).toEqual([path, 404]);
  }
  expect((await fetch(`${origin}/%zz`)).status).toBe(400);
  expect((await fetch(origin, { method: 'POST' })).status).toBe(405);
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

test('an app without anything that the standard pipeline could run is shipped without one, until it has', async () => {
  const server = { 'server.mjs': '' };
  const plain = await detect({ ...server, 'package.json': '{ "scripts": { "start": "node server.mjs" } }' });
  expect(plain.config.pipeline.use).toBe('none');
  const tested = await detect({ ...server, 'package.json': '{ "scripts": { "test:coverage": "vitest" } }' });
  expect(tested.config.pipeline.use).toBe('standard');
  expect((await detect({ 'package.json': '{ "dependencies": { "next": "16" } }' })).config.pipeline.use).toBe(
    'standard',
  );
});
