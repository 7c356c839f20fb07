import type { RepositoryView, RunView, ShipView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { TestRemote } from './testing/remote.ts';

let kova: TestKova;
let remote: TestRemote;
beforeAll(async () => {
  kova = await TestKova.start();
  remote = new TestRemote(kova);
  remote.push({ text: 'before' });
  await remote.connect({ pullRequests: 'own' });
});
afterAll(() => kova.close());

/** A commit whose one job goes on until the file is there. */
const waitsFor = (file: string) => ({
  text: file,
  pipeline: `{ use: 'none', jobs: { wait: { cache: false, run: [['node', '-e', ${JSON.stringify(
    `const t = setInterval(() => { if (require('fs').existsSync('${'GATE'}/${file}')) clearInterval(t); }, 50)`,
  )}]] } } }`,
});
const gated = (file: string) => {
  const version = waitsFor(file);
  return { ...version, pipeline: version.pipeline.replaceAll('GATE', kova.home) };
};

async function startedBy(commit: string, message = remote.pushed(commit)) {
  const { trigger } = await remote.deliver(message);
  const { triggers } = await kova.until(
    () => kova.call<RepositoryView>('GET', '/v1/projects/shop/repository'),
    (view) => view.triggers.some(({ id, state }) => id === trigger && state !== 'accepted'),
  );
  return triggers.find(({ id }) => id === trigger)!;
}

const ship = (id: string) => kova.call<ShipView>('GET', `/v1/ships/${id}`);
const run = (id: string) => kova.call<RunView>('GET', `/v1/runs/${id}`);
const proving = async (id: string, state: RunView['state']) => {
  const { run: proof } = await kova.until(
    () => ship(id),
    (view) => view.run !== null,
  );
  return kova.until(
    () => run(proof!),
    (view) => view.state === state,
  );
};

test('of three pushes the first goes on, the second is superseded by the third, which follows', async () => {
  const first = await startedBy(remote.push(gated('one')));
  await proving(first.ship!, 'running');
  const second = await startedBy(remote.push(gated('two')));
  const waiting = await proving(second.ship!, 'queued');
  expect(waiting.jobs).toEqual([]);
  const commit = remote.push(gated('three'));
  const third = await startedBy(commit);

  const overtaken = await kova.endOf(second.ship!);
  expect(overtaken).toMatchObject({ state: 'superseded', deployments: [], error: { code: 'SUPERSEDED' } });
  expect(overtaken.error!.message).toContain(`commit ${commit.slice(0, 10)} of main`);
  expect(await run(waiting.id)).toMatchObject({ state: 'superseded', jobs: [] });
  expect(await run((await ship(first.ship!)).run!)).toMatchObject({ state: 'running' });

  await proving(third.ship!, 'queued');
  kova.write('three');
  kova.write('one');
  expect(await kova.endOf(first.ship!)).toMatchObject({ state: 'done' });
  expect(await kova.endOf(third.ship!)).toMatchObject({ state: 'done', commit });
  expect((await kova.get()).release).toBe(`rel_${commit.slice(0, 10)}`);
});

test('a push of what was built before is live at once, and the slower one before it does not go over it', async () => {
  const known = (await kova.get()).release!;
  const built = (await kova.shipped({ text: 'in between' })).commit;
  expect((await kova.get()).release).not.toBe(known);
  const slow = await startedBy(remote.push(gated('slow')));
  await proving(slow.ship!, 'running');
  remote.push({ text: 'so that it is there' }, 'refs/heads/elsewhere');
  remote.move(built);
  const quick = await startedBy(built);
  expect(await kova.endOf(quick.ship!)).toMatchObject({ state: 'done', run: null });
  kova.write('slow');
  expect(await kova.endOf(slow.ship!)).toMatchObject({ state: 'superseded', deployments: [] });
  expect((await kova.get()).release).toBe(`rel_${built.slice(0, 10)}`);
});

test('one that waits can be cancelled, and the control plane may be killed while it waits', async () => {
  const first = await startedBy(remote.push(gated('killed')));
  await proving(first.ship!, 'running');
  const commit = remote.push({ text: 'waits', pipeline: gated('killed').pipeline });
  const second = await startedBy(commit);
  await proving(second.ship!, 'queued');
  kova.killControl();
  await kova.up();
  expect(await proving(second.ship!, 'queued')).toMatchObject({ jobs: [] });
  await kova.call('POST', `/v1/ships/${second.ship}/abort`, { by: 'ada' });
  expect(await kova.endOf(second.ship!)).toMatchObject({ state: 'failed', error: { code: 'CANCELLED' } });
  kova.write('killed');
  expect(await kova.endOf(first.ship!)).toMatchObject({ state: 'done' });
});

test('pull requests wait for nobody but themselves', async () => {
  const main = await startedBy(remote.push(gated('main')));
  await proving(main.ship!, 'running');
  const commit = remote.push({ text: 'a proposal' }, 'refs/pull/1/head');
  const { run: proof } = await startedBy(commit, remote.pullRequest(commit, 1));
  expect(await kova.proved(proof!)).toMatchObject({ state: 'passed' });
  kova.write('main');
  await kova.endOf(main.ship!);
});
