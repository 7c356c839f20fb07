import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RepositoryView } from '@kova/control/api';
import { isGone } from '@kova/control/testing/is-gone';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { TestRemote } from './testing/remote.ts';

/** Stands in for GitHub's API, which cannot be run here; what it is sent is as GitHub's documentation says. */
interface Told {
  commit: string;
  authorization: string | undefined;
  context: string;
  state: string;
  description: string;
  target_url?: string;
}
let refuse: () => number = () => 201;
let told: Told[] = [];
let asked = 0;
const provider = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  asked += 1;
  const status = refuse();
  response.writeHead(status).end('{"message":"said by the provider"}');
  const [, commit = ''] = /^\/repos\/.+\/statuses\/([0-9a-f]{40})$/.exec(request.url ?? '') ?? [];
  if (status === 201) told.push({ commit, authorization: request.headers.authorization, ...JSON.parse(body) });
});

let kova: TestKova;
let remote: TestRemote;
beforeAll(async () => {
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  kova = await TestKova.start();
  remote = new TestRemote(kova);
  remote.push({ text: 'before' });
  const api = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`;
  await remote.connect({ token: 'ghp_0123456789', api, link: 'https://kova.example.org/', pullRequests: 'own' });
});
beforeEach(() => {
  refuse = () => 201;
  told = [];
  asked = 0;
});
afterAll(async () => {
  await kova.close();
  provider.close();
});

const job = (code: string) =>
  `{ use: 'none', jobs: { check: { cache: false, run: [['node', '-e', ${JSON.stringify(code)}]] } } }`;
const lastOf = (commit: string, context: string) =>
  told.findLast((each) => each.commit === commit && each.context === context);
const becomes = (commit: string, context: string, state: string) =>
  kova.until(
    async () => lastOf(commit, context)?.state,
    (last) => last === state,
  );

test('what is shipped is told: at work, proved, live', async () => {
  const commit = remote.push({ text: 'good', pipeline: job('setTimeout(() => {}, 2500)') });
  await remote.deliver(remote.pushed(commit));
  await becomes(commit, 'kova/ship', 'success');
  const states = (context: string) => told.filter((each) => each.context === context).map(({ state }) => state);
  expect(states('kova/pipeline')).toEqual(['pending', 'success']);
  expect(states('kova/ship')).toEqual(['pending', 'success']);
  expect(lastOf(commit, 'kova/pipeline')).toMatchObject({
    ...{ authorization: 'Bearer ghp_0123456789', description: expect.stringContaining('passed') },
    target_url: expect.stringMatching(/^https:\/\/kova\.example\.org\/runs\/run_[0-9a-f]{10}$/),
  });
  expect(lastOf(commit, 'kova/ship')!.description).toBe(`rel_${commit.slice(0, 10)} is live`);
});

test('a failure is told with its reason; of a pull request only what proves it', async () => {
  const commit = remote.push({ text: 'bad', pipeline: job('process.exit(3)') }, 'refs/pull/9/head');
  await remote.deliver(remote.pullRequest(commit, 9));
  await becomes(commit, 'kova/pipeline', 'failure');
  expect(lastOf(commit, 'kova/pipeline')!.description).toContain('exit code 3');
  expect(lastOf(commit, 'kova/ship')).toBeUndefined();
});

test('a provider that is away for a while is told later, over a kill -9 too, and nothing waits for it', async () => {
  refuse = () => 503;
  const commit = remote.push({ text: 'away' });
  await remote.deliver(remote.pushed(commit));
  await kova.until(
    () => kova.get(),
    ({ release }) => release === `rel_${commit.slice(0, 10)}`,
  );
  expect(told).toEqual([]);
  const { pid } = kova.control;
  kova.killControl();
  await kova.until(
    async () => isGone(pid),
    (gone) => gone,
  );
  refuse = () => 201;
  await kova.up();
  await becomes(commit, 'kova/ship', 'success');
});

test('a provider that refuses for good is asked once for each, and it is said where one looks', async () => {
  refuse = () => 404;
  const commit = remote.push({ text: 'refused' });
  const { trigger } = await remote.deliver(remote.pushed(commit));
  const { triggers } = await kova.until(
    () => kova.call<RepositoryView>('GET', '/v1/projects/shop/repository'),
    (view) => view.triggers.find(({ id }) => id === trigger)?.statuses.length === 2,
  );
  const { ship, statuses } = triggers.find(({ id }) => id === trigger)!;
  expect(await kova.endOf(ship!)).toMatchObject({ state: 'done' });
  expect(statuses.map(({ problem }) => problem)).toEqual(
    Array(2).fill('it answered 404: {"message":"said by the provider"}'),
  );
  expect(asked).toBe(2);
});
