import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { giteaStatuses } from './gitea.ts';
import { githubStatuses } from './github.ts';
import { gitlabStatuses } from './gitlab.ts';

// A server that stands in for the providers, which cannot be run here: what is sent is as their documentation says.
let answer: { status: number; body?: string; headers?: Record<string, string> } = { status: 201 };
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: unknown }[] = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { method = '', url = '', headers } = request;
  seen.push({ method, url, headers, body: JSON.parse(body) });
  response.writeHead(answer.status, answer.headers).end(answer.body ?? '{}');
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());
beforeEach(() => {
  answer = { status: 201 };
  seen = [];
});

const api = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
const commit = 'a'.repeat(40);
const target = () => ({
  url: 'https://git.example.org/ada/shop.git',
  api: api(),
  token: new Secret('t0ken-t0ken'),
  commit,
});
const failure = { context: 'kova/pipeline', state: 'failure', description: 'unit: 2 failed' } as const;

test.each([
  [
    ...['GitHub', githubStatuses, `/api/repos/ada/shop/statuses/${commit}`, { authorization: 'Bearer t0ken-t0ken' }],
    { state: 'failure', description: 'unit: 2 failed', context: 'kova/pipeline', target_url: 'https://kova/runs/1' },
  ],
  [
    ...['Gitea', giteaStatuses, `/api/repos/ada/shop/statuses/${commit}`, { authorization: 'token t0ken-t0ken' }],
    { state: 'failure', description: 'unit: 2 failed', context: 'kova/pipeline', target_url: 'https://kova/runs/1' },
  ],
  [
    ...['GitLab', gitlabStatuses, `/api/projects/ada%2Fshop/statuses/${commit}`, { 'private-token': 't0ken-t0ken' }],
    { state: 'failed', description: 'unit: 2 failed', name: 'kova/pipeline', target_url: 'https://kova/runs/1' },
  ],
] as unknown as [string, typeof githubStatuses, string, Record<string, string>, object][])(
  '%s',
  async (_, statuses, url, headers, body) => {
    await statuses.tell(target(), failure, 'https://kova/runs/1');
    expect(seen).toMatchObject([{ method: 'POST', url, headers, body }]);
  },
);

test.each([
  [{ status: 503 }, { isFinal: false, afterMs: null }],
  [
    { status: 429, headers: { 'retry-after': '7' } },
    { isFinal: false, afterMs: 7000 },
  ],
  [
    { status: 403, headers: { 'retry-after': '60' } },
    { isFinal: false, afterMs: 60_000 },
  ],
  [{ status: 403 }, { isFinal: true }],
  [{ status: 404 }, { isFinal: true }],
  // The token is not taken to another server.
  [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, { isFinal: true }],
])('%j', async (answered, refusal) => {
  answer = answered;
  await expect(githubStatuses.tell(target(), failure, null)).rejects.toMatchObject(refusal);
});

test('the token is not in what is said of a refusal', async () => {
  answer = { status: 401, body: 'bad token t0ken-t0ken' };
  await expect(githubStatuses.tell(target(), failure, null)).rejects.toThrow('it answered 401: bad token [secret]');
});

test('nobody listening is no reason to give up', async () => {
  const nowhere = { ...target(), api: 'http://127.0.0.1:1' };
  await expect(githubStatuses.tell(nowhere, failure, null)).rejects.toMatchObject({ isFinal: false });
});

test('what GitLab was told before is told', async () => {
  answer = { status: 400, body: '{"message":"Cannot transition status via :enqueue from :pending"}' };
  await gitlabStatuses.tell(target(), { ...failure, state: 'pending' }, null);
  expect(seen).toHaveLength(1);
});

test('a repository on no server has no API', async () => {
  const local = { ...target(), url: 'file:///srv/shop.git', api: null };
  await expect(githubStatuses.tell(local, failure, null)).rejects.toMatchObject({ isFinal: true });
});
