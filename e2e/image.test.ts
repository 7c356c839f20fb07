import { spawnSync } from 'node:child_process';
import type { JobView, RepositoryView, RunView } from '@kova/control/api';
import { nodeBase, openTestEngine, type TestEngine } from '@kova/control/testing/docker-engine';
import { emulates, pushBase, smallApp } from '@kova/control/testing/platforms';
import { openRegistry, pusher, type TestRegistry } from '@kova/control/testing/registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { node } from './testing/app.ts';
import { inStore } from './testing/books.ts';
import { TestKova } from './testing/kova.ts';
import { TestRemote } from './testing/remote.ts';

let engine: TestEngine;
let registry: TestRegistry;
let kova: TestKova;
beforeAll(async () => {
  engine = await openTestEngine();
  registry = await openRegistry({ closed: true });
  const env = { DOCKER_HOST: engine.host, KOVA_BUILD_NETWORK: 'host', KOVA_DOCKER_IMAGE: nodeBase.name };
  kova = await TestKova.keeping(env);
}, 300_000);
// The last first, and each whatever becomes of the others.
afterAll(() => engine?.close());
afterAll(() => registry?.close());
afterAll(() => kova?.close());

const image = (more = '') => `image: {
  base: '${nodeBase.name}', registry: '${registry.address}',
  credentials: { username: '${pusher.username}', password: 'REGISTRY_PASSWORD' }, ${more}
},`;
const tag = (commit: string) => `sha-${commit.slice(0, 12)}`;
const imageJob = (run: RunView): JobView => run.jobs.find(({ name }) => name === 'build-image')!;
const pipeline = (jobs = '{}', more = '') => `{ use: 'none', jobs: ${jobs}, ${more} }`;

async function setPassword(value: string): Promise<void> {
  await kova.call('POST', '/v1/projects/shop/secrets', { name: 'REGISTRY_PASSWORD', value, by: 'ada' });
}

test('a release is shipped with its image: built from what the jobs made, pushed, and known by its digest', {
  timeout: 300_000,
}, async () => {
  const commit = await kova.send({ text: 'one', more: `runtime: 'docker', ${image()}`, pipeline: pipeline() });
  await setPassword(pusher.password);
  const { ship } = await kova.call<{ ship: string }>('POST', '/v1/projects/shop/ships', { commit });
  // The base is pushed, too, which is compressed for it.
  const { error, run: id, release } = await kova.endOf(ship, 240_000);
  expect(error).toBeNull();
  const run = await kova.proved(id!);
  const digest = await registry.digestOf('shop', tag(commit));
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  const job = imageJob(run);
  expect(job).toMatchObject({ state: 'passed', reason: expect.stringContaining(`${registry.address}/shop@${digest}`) });
  const [evidence] = job.evidence;
  expect(evidence).toMatchObject({ kind: 'image', figures: { 'image.layers': 4 } });
  const { 'image.part.base': base, 'image.size': size } = evidence!.figures;
  expect(size! - base!).toBeLessThan(200_000);
  // It is not `main` that was said to be shipped.
  expect(await registry.digestOf('shop', 'latest')).toBeNull();
  // And it is what runs.
  const containers = await engine.engine.listContainers();
  expect(containers.map(({ Image }) => Image)).toEqual([1, 2].map(() => `${registry.address}/shop@${digest}`));
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'one', release });
  expect(kova.cli('release', 'show', release!)).toMatch(`image     ${registry.address}/shop@${digest}`);
  const text = kova.command('pipeline', 'show', id!);
  expect(text).toContain(`✓ build-image  passed`);
  expect(text).toContain(`${registry.address}/shop@${digest}`);
});

test.skipIf(!emulates('aarch64'))(
  'a release for two platforms has one name, and runs here by it',
  {
    timeout: 300_000,
  },
  async () => {
    const open = await openRegistry();
    const base = await pushBase(engine.engine, open.address);
    await setPassword(pusher.password);
    const start = `start: ${JSON.stringify(smallApp.start)},`;
    const settings = image("platforms: ['linux/amd64', 'linux/arm64'],").replace(nodeBase.name, base);
    const more = `runtime: 'docker', ${settings}`;
    const commit = await kova.send({ text: 'both', app: start, files: { health: 'well' }, more, pipeline: pipeline() });
    const { ship } = await kova.call<{ ship: string }>('POST', '/v1/projects/shop/ships', { commit });
    const { error, run: id } = await kova.endOf(ship, 240_000);
    await open.close();
    expect(error).toBeNull();
    const reference = `${registry.address}/shop@${await registry.digestOf('shop', tag(commit))}`;
    expect(imageJob(await kova.proved(id!))).toMatchObject({
      state: 'passed',
      reason: expect.stringContaining(reference),
    });
    for (const architecture of ['amd64', 'arm64'])
      expect(await registry.digestOf('shop', `${tag(commit)}-${architecture}`)).toMatch(/^sha256:/);
    const containers = await engine.engine.listContainers();
    expect(containers.map(({ Image }) => Image).filter((name) => name === reference)).toHaveLength(2);
    expect((await kova.get('/health')).body).toBe('well');
  },
);

test('what cannot be made for another platform is said, and the rest is pushed', async () => {
  const settings = image("platforms: ['linux/amd64', 'linux/arm64'],");
  const commit = await kova.send({ text: 'one of two', more: settings, pipeline: pipeline() });
  const run = await kova.proved(await kova.prove(commit, null, { push: true }));
  expect(imageJob(run)).toMatchObject({
    state: 'inconclusive',
    reason: expect.stringMatching(/^not built for linux\/arm64: there is no kova-test\/node:24 for it \(/),
  });
  expect(await registry.digestOf('shop', tag(commit))).toMatch(/^sha256:/);
});

test('a run by hand builds and does not push, unless it is asked to', async () => {
  const commit = await kova.send({ text: 'two', more: image(), pipeline: pipeline() });
  const built = await kova.proved(await kova.prove(commit));
  expect(imageJob(built)).toMatchObject({ state: 'passed', reason: expect.stringContaining('not pushed') });
  expect(await registry.digestOf('shop', tag(commit))).toBeNull();
  const pushed = await kova.proved(await kova.prove(commit, null, { push: true }));
  expect(imageJob(pushed).state).toBe('passed');
  expect(await registry.digestOf('shop', tag(commit))).toMatch(/^sha256:/);
});

test('no image is made of what did not pass, whenever it failed', async () => {
  const jobs = `{ slow: { run: [${node('setTimeout(() => process.exit(1), 500)')}] } }`;
  const commit = await kova.send({ text: 'bad', more: image(), pipeline: pipeline(jobs, 'failFast: false') });
  const run = await kova.proved(await kova.prove(commit, null, { push: true }));
  expect(run.state).toBe('failed');
  expect(imageJob(run)).toMatchObject({
    state: 'inconclusive',
    reason: 'no image is made of what did not pass: slow failed',
  });
  expect(await registry.digestOf('shop', tag(commit))).toBeNull();
});

test('a gate on its size keeps an image from being pushed', async () => {
  const gates = "gates: { image: { maxSize: '1MB' } }";
  const commit = await kova.send({ text: 'big', more: image(), pipeline: pipeline('{}', gates) });
  const run = await kova.proved(await kova.prove(commit, null, { push: true }));
  expect(imageJob(run)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/^image \d.* MB > 1 MB$/) });
  expect(await registry.digestOf('shop', tag(commit))).toBeNull();
});

test('what leads out of the output gets into no image', async () => {
  const link = node("require('fs').mkdirSync('dist'); require('fs').symlinkSync('/etc/passwd', 'dist/passwd')");
  const app = `build: ${link}, output: [{ from: 'dist' }, { from: 'server.mjs' }],`;
  const commit = await kova.send({ text: 'link', app, more: image(), pipeline: pipeline() });
  const run = await kova.proved(await kova.prove(commit, null, { push: true }));
  expect(imageJob(run)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/passwd is a link to/) });
  expect(await registry.digestOf('shop', tag(commit))).toBeNull();
});

test('a run of the image job alone makes it from what it needs, and never pushes it', async () => {
  const jobs = `{ other: { run: [${node('process.exit(1)')}] } }`;
  const commit = await kova.send({ text: 'alone', more: image(), pipeline: pipeline(jobs) });
  const run = await kova.proved(await kova.prove(commit, ['build-image'], { push: true }));
  expect(run.jobs.map(({ name }) => name)).toEqual(['build-image']);
  expect(imageJob(run)).toMatchObject({ state: 'passed', reason: expect.stringContaining('not pushed') });
});

test('a registry that refuses, or is away, fails the job and is named; the password is shown nowhere', async () => {
  const sentinel = 'sentinel-of-a-password';
  await setPassword(sentinel);
  const commit = await kova.send({ text: 'refused', more: image(), pipeline: pipeline() });
  const refused = await kova.proved(await kova.prove(commit, null, { push: true }));
  expect(imageJob(refused)).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(/unauthorized|authentication/),
  });
  await setPassword(pusher.password);
  await registry.stop();
  const away = await kova.proved(await kova.prove(commit, null, { push: true }));
  expect(imageJob(away)).toMatchObject({ state: 'failed', reason: expect.stringContaining('connection refused') });
  await registry.start();
  expect(imageJob(await kova.proved(await kova.prove(commit, null, { push: true })))).toMatchObject({
    state: 'passed',
  });
  const log = kova.command('pipeline', 'show', refused.id, '--job', 'build-image', '--log');
  expect(log).toMatch(/unauthorized|authentication/);
  expect(log + JSON.stringify(refused)).not.toContain(sentinel);
  expect(
    spawnSync('grep', ['-rlF', '-e', sentinel, '-e', pusher.password, `${kova.home}/logs`]).stdout.toString(),
  ).toBe('');
});

async function begunBy(trigger: string | null) {
  const { triggers } = await kova.until(
    () => kova.call<RepositoryView>('GET', '/v1/projects/shop/repository'),
    (view) => view.triggers.some(({ id, state }) => id === trigger && state !== 'accepted'),
  );
  return triggers.find(({ id }) => id === trigger)!;
}

test('a branch has its tags; a proposal is pushed by the settings of what is released, never by its own', {
  timeout: 300_000,
}, async () => {
  await setPassword(pusher.password);
  const remote = new TestRemote(kova);
  remote.push({ text: 'before' });
  await remote.connect({ pullRequests: 'all' });
  const shipped = remote.push({ text: 'main', more: image('pullRequests: true,'), pipeline: pipeline() });
  const { ship } = await begunBy((await remote.deliver(remote.pushed(shipped))).trigger);
  expect(await kova.endOf(ship!, 240_000)).toMatchObject({ error: null, branch: 'main' });
  const latest = await registry.digestOf('shop', 'latest');
  expect(latest).toMatch(/^sha256:/);
  expect(await registry.digestOf('shop', 'main')).toBe(latest);
  const evil = "image: { base: '127.0.0.1:1/evil:1', registry: '127.0.0.1:1', latest: 'mine' },";
  const proposed = remote.push({ text: 'proposed', more: evil, pipeline: pipeline() }, 'refs/pull/7/head');
  const { run } = await begunBy((await remote.deliver(remote.pullRequest(proposed, 7, { fork: true }))).trigger);
  expect(imageJob(await kova.proved(run!))).toMatchObject({ state: 'passed' });
  const digest = await registry.digestOf('shop', 'pr-7');
  expect(digest).toMatch(/^sha256:/);
  expect(await registry.digestOf('shop', tag(proposed))).toBe(digest);
  expect(digest).not.toBe(latest);
  expect(await registry.digestOf('shop', 'latest')).toBe(latest);
});

test('an engine that is away is named, and the next run makes the image', async () => {
  const commit = await kova.send({ text: 'broken', more: image(), pipeline: pipeline() });
  await engine.daemon.stop();
  const away = await kova.proved(await kova.prove(commit));
  expect(imageJob(away)).toMatchObject({ state: 'failed', reason: expect.stringContaining('does not answer') });
  await engine.daemon.start();
  expect(imageJob(await kova.proved(await kova.prove(commit)))).toMatchObject({ state: 'passed' });
  const [row] = await inStore(kova.home, `select count(*)::int as n from images`);
  expect(row?.n).toBeGreaterThan(0);
});
