import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepositoryView } from '@kova/control/api';
import { isGone } from '@kova/control/testing/is-gone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inStore } from './testing/books.ts';
import { TestKova } from './testing/kova.ts';
import { TestRemote } from './testing/remote.ts';

let kova: TestKova;
let remote: TestRemote;
beforeAll(async () => {
  kova = await TestKova.start();
  remote = new TestRemote(kova);
  remote.push({ text: 'before it was connected' });
  await remote.connect({ pullRequests: 'own', proved: ['feature/*'] });
});
afterAll(() => kova.close());

const show = () => kova.call<RepositoryView>('GET', '/v1/projects/shop/repository');
const ships = async () => (await inStore(kova.home, 'select id from ships')).length;

async function ended(trigger: string | null) {
  const { triggers } = await kova.until(show, (view) =>
    view.triggers.some(({ id, state }) => id === trigger && state !== 'accepted'),
  );
  return triggers.find(({ id }) => id === trigger)!;
}

test('a signed push is shipped, and users see it', async () => {
  const commit = remote.push({ text: 'pushed' });
  const { status, trigger } = await remote.deliver(remote.pushed(commit));
  expect(status).toBe(202);
  const { ship } = await ended(trigger);
  expect(await kova.endOf(ship!)).toMatchObject({ state: 'done', commit, branch: 'main' });
  expect((await kova.get()).release).toBe(`rel_${commit.slice(0, 10)}`);
});

test('the same message again does nothing, under another number too', async () => {
  const commit = remote.push({ text: 'replayed' });
  const message = remote.pushed(commit);
  const first = await remote.deliver(message);
  await kova.endOf((await ended(first.trigger)).ship!);
  const before = [await ships(), (await show()).triggers.length];
  for (const again of [message, { ...message, delivery: 'forged' }]) {
    expect(await remote.deliver(again)).toMatchObject({ status: 200, trigger: first.trigger });
  }
  expect([await ships(), (await show()).triggers.length]).toEqual(before);
});

test('an old message that Kova has forgotten cannot bring an old commit back', async () => {
  const old = remote.pushed(remote.push({ text: 'old' }));
  await kova.endOf((await ended((await remote.deliver(old)).trigger)).ship!);
  const commit = remote.push({ text: 'new' });
  await kova.endOf((await ended((await remote.deliver(remote.pushed(commit))).trigger)).ship!);
  await inStore(kova.home, 'delete from triggers');
  const { trigger } = await remote.deliver(old);
  expect(await ended(trigger)).toMatchObject({ state: 'ignored', commit });
  expect((await kova.get()).release).toBe(`rel_${commit.slice(0, 10)}`);
});

test('what is not signed, was changed, or is for nobody gets the same answer and leaves nothing', async () => {
  const message = remote.pushed(remote.push({ text: 'tampered' }));
  const before = await show();
  const answers = [
    await remote.deliver({ ...message, body: message.body.replace('main', 'maim') }),
    await remote.deliver({ ...message, signature: '' }),
    await remote.deliver({ ...message, signature: message.signature.replace(/.$/, (c) => (c === '0' ? '1' : '0')) }),
    await remote.deliver({ ...message, body: 'no json' }),
    await remote.deliver(message, '/hooks/github/nobody'),
    await remote.deliver(message, '/hooks/gitlab/shop'),
    await remote.deliver(message, '/hooks/svn/shop'),
    await remote.deliver(message, '/hooks/github/..%2fshop'),
  ];
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 401, code: 'UNAUTHORIZED', message: 'the signature does not hold' });
  }
  expect((await show()).triggers).toEqual(before.triggers);
  await kova.endOf((await ended((await remote.deliver(message)).trigger)).ship!);
});

test('a message that is too large is refused before it is read', async () => {
  const message = { ...remote.message('push', {}), body: 'x'.repeat(6 * 1024 * 1024) };
  expect(await remote.deliver(message)).toMatchObject({ status: 422, code: 'INPUT_INVALID' });
});

test('a ping, a tag, a deleted branch and a branch that nobody asked for lead to nothing and say why', async () => {
  const commit = 'a'.repeat(40);
  const said = [
    remote.message('ping', { zen: 'Keep it logically awesome.' }),
    remote.pushed(commit, 'refs/tags/v1'),
    remote.pushed('0'.repeat(40)),
    remote.pushed(commit, 'refs/heads/other'),
    remote.pullRequest(commit, 3, { fork: true }),
  ].map((message) => remote.deliver(message));
  expect((await Promise.all(said)).map((answer) => [answer.status, answer.trigger, answer.said])).toEqual([
    [200, null, 'Kova is here'],
    [200, null, 'refs/tags/v1 is no branch'],
    [200, null, 'main was deleted'],
    [200, null, 'other is not among the branches of shop'],
    [200, null, 'shop does not prove pull requests from other repositories'],
  ]);
});

test('a pull request is proved and never deployed', async () => {
  const before = await ships();
  const live = (await kova.get()).release;
  const commit = remote.push({ text: 'proposed' }, 'refs/pull/7/head');
  const { run, ship } = await ended((await remote.deliver(remote.pullRequest(commit, 7))).trigger);
  expect(ship).toBeNull();
  expect(await kova.proved(run!)).toMatchObject({ state: 'passed', commit, branch: 'pull-request:7' });
  expect(await ships()).toBe(before);
  expect((await kova.get()).release).toBe(live);
});

test('a push to a branch that is only proved is not deployed either', async () => {
  const before = await ships();
  const commit = remote.push({ text: 'feature' }, 'refs/heads/feature/a');
  const { run } = await ended((await remote.deliver(remote.pushed(commit, 'refs/heads/feature/a'))).trigger);
  expect(await kova.proved(run!)).toMatchObject({ state: 'passed', commit });
  expect(await ships()).toBe(before);
});

test('kill -9 between the answer and the work: what was taken is done', async () => {
  kova.killControl();
  await kova.up({ KOVA_CRASH_AT: 'trigger.begin:before' });
  const crashed = kova.control.pid;
  const commit = remote.push({ text: 'crash' });
  const { status, trigger } = await remote.deliver(remote.pushed(commit));
  expect(status).toBe(202);
  await kova.until(
    async () => isGone(crashed),
    (gone) => gone,
  );
  await kova.up();
  const { ship } = await ended(trigger);
  expect(await kova.endOf(ship!)).toMatchObject({ state: 'done', commit });
});

test('kill -9 between the record and the answer: the provider is not told, the work is done, once', async () => {
  kova.killControl();
  await kova.up({ KOVA_CRASH_AT: 'trigger:recorded' });
  const commit = remote.push({ text: 'crash before the answer' });
  const message = remote.pushed(commit);
  await expect(remote.deliver(message)).rejects.toThrow('fetch failed');
  await kova.up();
  const { trigger, status } = await remote.deliver(message);
  expect(status).toBe(200);
  const { ship } = await ended(trigger);
  expect(await kova.endOf(ship!)).toMatchObject({ state: 'done', commit });
  expect((await inStore(kova.home, `select id from ships where commit_sha = '${commit}'`)).length).toBe(1);
});

test('neither the secret nor the token lies in the store in the clear, and neither is shown', async () => {
  const token = 'ghp_0123456789abcdef';
  await remote.connect({ token, pullRequests: 'own', proved: ['feature/*'] });
  const [row] = await inStore(kova.home, 'select * from repositories');
  for (const text of [JSON.stringify(row), JSON.stringify(await show())]) {
    expect(text).not.toContain(token);
    expect(text).not.toContain(remote.secret);
  }
  expect((await show()).hasToken).toBe(true);
});

test.each(['ext::sh -c touch% /tmp/kova-was-here', '-oProxyCommand=x', 'https://a:b@host/x', 'git://host/x'])(
  'the address %s is refused',
  async (url) => {
    await expect(kova.call('POST', '/v1/projects/shop/repository', { url, provider: 'git' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  },
);

test('a repository that is not there is said at once', async () => {
  await expect(
    kova.call('POST', '/v1/projects/shop/repository', { url: 'file:///nowhere/at/all', provider: 'git' }),
  ).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
});

test('a pull request takes what main has built, and leaves nothing that main would take', async () => {
  const make = (text: string) => ({
    text,
    files: { 'in/x': text },
    pipeline: `{ use: 'none', jobs: { make: {
      inputs: ['in'], outputs: ['made'], carry: ['carried'],
      run: [['node', '-e', ${JSON.stringify("const fs = require('fs'); fs.mkdirSync('carried', { recursive: true }); fs.appendFileSync('carried/n', 'x'); fs.writeFileSync('made', fs.readFileSync('carried/n'))")}]],
    } } }`,
  });
  const prove = async (commit: string, number: number) => {
    const { run } = await ended((await remote.deliver(remote.pullRequest(commit, number))).trigger);
    return kova.proved(run!);
  };
  const cached = ({ jobs }: { jobs: { cached: boolean }[] }) => jobs.map((job) => job.cached);
  const main = await kova.proved(await kova.prove(await kova.send(make('one'))));
  expect(cached(main)).toEqual([false]);
  const same = remote.push({ ...make('one'), text: 'same inputs' }, 'refs/pull/20/head');
  expect(cached(await prove(same, 20))).toEqual([true]);

  // Built by a pull request first: main builds it anew, and so does another pull request.
  const poisoned = remote.push(make('two'), 'refs/pull/21/head');
  expect(cached(await prove(poisoned, 21))).toEqual([false]);
  remote.move(poisoned, 'refs/pull/22/head');
  expect(cached(await prove(poisoned, 22))).toEqual([false]);
  const [before] = await inStore(kova.home, `select key from jobs where run = '${main.id}'`);
  const next = await kova.proved(await kova.prove(poisoned));
  expect(cached(next)).toEqual([false]);
  expect(next.jobs[0]!.key).not.toBe(before!.key);
  // Once by each of the two runs of main.
  expect(readFileSync(join(kova.home, 'results/.carried/shop/make/carried/n'), 'utf8')).toBe('xx');
});
