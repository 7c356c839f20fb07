import { parseConfig } from '@kova/core/config/parse';
import { expand } from '@kova/core/pipeline/graph';
import { resolveJobs } from '@kova/core/pipeline/resolve';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryOf } from '../build/git.ts';
import { openWorld, type World } from '../build/testing/world.ts';
import { contentsOf, jobKeys, type Place } from './key.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.remove());

const place: Place = { node: 'v24.0.0', platform: 'linux', arch: 'x64' };
const base = {
  a: { run: ['make a'], inputs: ['a', 'package-lock.json'] },
  b: { run: ['make b'], inputs: ['b'], needs: ['a'] },
  all: { run: ['make all'] },
};

interface Change {
  files?: Record<string, string>;
  jobs?: object;
  start?: string;
  /** Digests by job. */
  secrets?: Record<string, string>;
  place?: Partial<Place>;
}

async function keysOf({ files = {}, jobs = {}, start = 'node a.js', secrets = {}, place: where = {} }: Change = {}) {
  const commit = await world.ship({ 'a/x': '1', 'b/x': '1', 'package-lock.json': '{}', ...files });
  const own = { ...base, ...jobs };
  const config = parseConfig({
    name: 'shop',
    app: { start, install: null, build: null },
    pipeline: { use: 'none', jobs: own },
  });
  const graph = expand(resolveJobs(config));
  const repository = repositoryOf(world.home.repositories, 'shop');
  return jobKeys(
    (inputs) => contentsOf(repository, commit, inputs),
    config,
    graph,
    { ...place, ...where },
    new Map(Object.entries(secrets)),
  );
}

/** The jobs that another key says are to be run again. */
async function changedBy(change: Change): Promise<string[]> {
  const [before, after] = [await keysOf(), await keysOf(change)];
  return [...after].filter(([name, key]) => before.get(name) !== key).map(([name]) => name);
}

test.each<[string, Change, string[]]>([
  ['nothing', {}, []],
  ['a file that is the input of one', { files: { 'b/x': '2' } }, ['b', 'all']],
  ['the input of what another needs', { files: { 'a/x': '2' } }, ['a', 'b', 'all']],
  ['a file that is no input but of all', { files: { 'docs/x': 'new' } }, ['all']],
  ['the lockfile', { files: { 'package-lock.json': '{"a":1}' } }, ['a', 'b', 'all']],
  ['a command', { jobs: { b: { ...base.b, run: ['make better'] } } }, ['b']],
  // Scenario 31: https://github.com/vercel/turborepo/issues/14059
  ['a variable', { jobs: { b: { ...base.b, env: { API: 'staging' } } } }, ['b']],
  ['a limit of time', { jobs: { b: { ...base.b, timeout: '1m', retries: 2 } } }, []],
  ['how the app starts, for a job without the app', { start: 'node b.js' }, []],
  ['the Node version', { place: { node: 'v26.0.0' } }, ['a', 'b', 'all']],
  ['a secret of one that another needs', { secrets: { a: 'digest' } }, ['a', 'b']],
  ['the machine', { place: { arch: 'arm64' } }, ['a', 'b', 'all']],
])('what %s changes', async (_, change, changed) => {
  expect(await changedBy(change)).toEqual(changed);
});

test('how the app starts is part of the key of a job that is served it', async () => {
  const jobs = { b: { ...base.b, serve: true } };
  const [before, after] = [await keysOf({ jobs }), await keysOf({ jobs, start: 'node b.js' })];
  expect([...after].filter(([name, key]) => before.get(name) !== key).map(([name]) => name)).toEqual(['b']);
});

test('a value of a matrix is part of the key', async () => {
  const keys = await keysOf({ jobs: { m: { run: ['x'], matrix: { N: ['1', '2'] } } } });
  expect(keys.get('m[N=1]')).not.toBe(keys.get('m[N=2]'));
});
