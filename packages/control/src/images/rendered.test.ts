import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseConfig } from '@kova/core/config/parse';
import type { ConfigInput } from '@kova/core/config/schema';
import { suites } from '@kova/render/suites';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestEngine, type TestEngine } from '../testing/docker-engine.ts';
import { buildNpmBase, dockerBuild, npmBase } from './testing/command-line.ts';
import { runUntilJudged } from './testing/run.ts';

let testing: TestEngine;
const directories: string[] = [];
beforeAll(async () => {
  testing = await openTestEngine();
  await buildNpmBase(testing.host);
}, 240_000);
afterAll(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
  await testing?.close();
});

const server = (words: string) => `import { createServer } from 'node:http';
createServer((request, response) => response.writeHead(request.url === '/up' ? 204 : 500).end('${words}'))
  .listen(process.env.PORT, process.env.HOST);
`;
const manifest = { name: 'shop', version: '1.0.0', scripts: { build: 'node build.mjs', dev: 'node server.mjs' } };
const lock = { name: 'shop', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': manifest } };
const sources = {
  'package.json': JSON.stringify(manifest),
  'package-lock.json': JSON.stringify(lock),
  'build.mjs': "import { cpSync } from 'node:fs'; cpSync('server.mjs', 'dist/server.mjs');",
  'server.mjs': server('one'),
  '.env': 'PASSWORD=sentinel',
};
const app: ConfigInput['app'] = {
  ...{ install: 'npm ci', build: 'npm run build', start: ['node', 'server.mjs'], health: { path: '/up' } },
  output: [
    { from: 'dist', to: '.' },
    { from: 'public', to: 'public', optional: true },
  ],
};

/** A repository in which `kova render docker` was called. */
async function repositoryOf(files: Readonly<Record<string, string>>, wish: ConfigInput['app']): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kova-test-rendered-'));
  directories.push(directory);
  const config = parseConfig({ name: 'shop', app: wish, image: { base: npmBase } });
  const rendered = suites.find(({ name }) => name === 'docker')?.render(config) ?? [];
  const all = [...Object.entries(files), ...rendered.map(({ path, text }) => [path, text] as const)];
  for (const [path, text] of all) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

test('each target is built, and those that run an app have it healthy, as nobody in particular', async () => {
  const directory = await repositoryOf(sources, app);
  for (const target of ['base', 'build']) await dockerBuild(testing.host, directory, { target });
  for (const target of ['development', 'production']) {
    await dockerBuild(testing.host, directory, { target, tag: target });
    const { health, processes } = await runUntilJudged(testing.engine, target);
    expect(health).toBe('healthy');
    expect(processes[0]).toMatch(/^1000 \/tini -- /);
    expect(processes.every((each) => each.startsWith('1000 '))).toBe(true);
  }
});

test('what is shipped is the output alone, and no file that is ignored gets into any stage', async () => {
  const directory = await repositoryOf(sources, app);
  await dockerBuild(testing.host, directory, { target: 'production', tag: 'shipped' });
  await dockerBuild(testing.host, directory, { target: 'build', tag: 'built' });
  expect(await filesIn('shipped')).toEqual(['/app', '/app/server.mjs']);
  const built = await filesIn('built');
  expect(built).toContain('/app/dist/server.mjs');
  expect(built).not.toContain('/app/.env');
});

async function filesIn(image: string): Promise<string[]> {
  const container = await testing.engine.createContainer({
    ...{ Image: image, Entrypoint: ['find', '/app', '-path', '/app/node_modules', '-prune', '-o', '-print'], Cmd: [] },
    ...{ Tty: true, HostConfig: { NetworkMode: 'none' } },
  });
  await container.start();
  await container.wait();
  const said = String(await container.logs({ stdout: true }));
  await container.remove();
  return said.trim().split(/\r?\n/).sort();
}

test('a change of the sources leaves the packages in the cache; a change of the lockfile does not', async () => {
  const directory = await repositoryOf(sources, app);
  await dockerBuild(testing.host, directory, { target: 'production' });
  const cached = async () => {
    const said = await dockerBuild(testing.host, directory, { target: 'production' });
    const [, step] = /^(#\d+) \[dependencies [^\n]*"npm"/m.exec(said) ?? [];
    return new RegExp(`^${step} CACHED`, 'm').test(said);
  };
  await writeFile(join(directory, 'server.mjs'), server('two'));
  expect(await cached()).toBe(true);
  await writeFile(join(directory, 'package-lock.json'), JSON.stringify({ ...lock, version: '1.0.1' }));
  expect(await cached()).toBe(false);
});

test('without a cache the layer of the release is the same all the same', async () => {
  const directory = await repositoryOf(sources, app);
  const layers = async () => {
    await dockerBuild(testing.host, directory, {
      target: 'production',
      tag: 'again',
      args: { SOURCE_DATE_EPOCH: '1' },
    });
    return (await testing.engine.getImage('again').inspect()).RootFS.Layers;
  };
  const first = await layers();
  await testing.engine.getImage('again').remove();
  await testing.engine.pruneBuilder();
  expect(await layers()).toEqual(first);
});

test('names that mean something to a shell, a pattern or a Dockerfile mean nothing here', async () => {
  const names = ["it's $HOME", '[a]*?.txt', 'back\\slash "x"', '# FROM x'];
  const files = Object.fromEntries(names.map((name) => [`dist/${name}`, name]));
  const output = names.map((name) => ({ from: `dist/${name}`, to: `${name}/x` }));
  const gone = { from: 'dist/$(id)', to: 'gone', optional: true };
  const directory = await repositoryOf(
    { ...sources, ...files },
    { ...app, build: null, output: [...output, gone, { from: 'server.mjs', to: 'server.mjs' }] },
  );
  await dockerBuild(testing.host, directory, { target: 'production', tag: 'odd' });
  const found = await filesIn('odd');
  expect(found).toEqual(expect.arrayContaining(names.map((name) => `/app/${name}/x`)));
  expect(found).not.toContain('/app/gone');
});
