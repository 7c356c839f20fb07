import { Secret } from '@kova/core/secret';
import { describe, expect, test } from 'vitest';
import type { HookRequest } from '../hook.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';

const request = (body: unknown, headers: Record<string, string>): HookRequest => ({
  headers: new Headers({ 'content-type': 'application/json', ...headers }),
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const commit = 'a'.repeat(40);

// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
describe("GitHub's own example", () => {
  const secret = new Secret("It's a Secret to Everybody");
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  const verify = (body: string, told: string, by = secret) =>
    github.verify(request(body, { 'x-hub-signature-256': told }), by, 0);

  test('is taken', () => expect(verify('Hello, World!', signature)).toBe(true));
  test.each([
    ['another body', 'Hello, World?', signature],
    ['the old kind of signature', 'Hello, World!', signature.replace('sha256=', 'sha1=')],
    ['no prefix', 'Hello, World!', signature.slice(7)],
    ['a part of it', 'Hello, World!', signature.slice(0, -2)],
    ['more of it', 'Hello, World!', `${signature}00`],
    ['zeros', 'Hello, World!', `sha256=${'0'.repeat(64)}`],
    ['nothing', 'Hello, World!', ''],
  ])('%s is not', (_, body, told) => expect(verify(body, told)).toBe(false));
  test('without the header it is not', () => {
    expect(github.verify(request('Hello, World!', {}), secret, 0)).toBe(false);
  });
  test('with another secret it is not', () => {
    expect(verify('Hello, World!', signature, new Secret('another'))).toBe(false);
  });
});

// https://github.com/standard-webhooks/standard-webhooks, by which GitLab signs
describe('the example of Standard Webhooks', () => {
  const secret = new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const now = 1_614_265_330_000;
  const verify = (change: Record<string, string>, body = '{"test": 2432232314}', at = now) =>
    gitlab.verify(request(body, { ...headers, ...change }), secret, at);

  test('is taken', () => expect(verify({})).toBe(true));
  test('is taken among others', () =>
    expect(verify({ 'webhook-signature': `v1,bm9wZQ== ${headers['webhook-signature']}` })).toBe(true));
  test.each([
    ['another body', {}, '{"test": 1}', now],
    ['another id', { 'webhook-id': 'msg_2' }, undefined, now],
    ['another time', { 'webhook-timestamp': '1614265331' }, undefined, now],
    ['a message of six minutes ago', {}, undefined, now + 360_000],
    ['a message from the future', {}, undefined, now - 360_000],
    ['a time that is none', { 'webhook-timestamp': 'NaN' }, undefined, now],
    [
      'an empty signature beside the right token',
      { 'webhook-signature': '', 'x-gitlab-token': secret.reveal() },
      undefined,
      now,
    ],
  ])('%s is not', (_, change, body, at) => expect(verify(change as Record<string, string>, body, at)).toBe(false));
});

test("GitLab's secret token is compared whole", () => {
  const verify = (token: string) => gitlab.verify(request('{}', { 'x-gitlab-token': token }), new Secret('token'), 0);
  expect(['token', 'toke', 'token1', ''].map(verify)).toEqual([true, false, false, false]);
});

test("Gitea's signature is hex alone", () => {
  const body = 'Hello, World!';
  const told = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  const verify = (text: string) =>
    gitea.verify(request(body, { 'x-gitea-signature': text }), new Secret("It's a Secret to Everybody"), 0);
  expect([told, `sha256=${told}`, told.replace('7', '8')].map(verify)).toEqual([true, false, false]);
});

describe('what a message says', () => {
  const push = { ref: 'refs/heads/main', after: commit };
  const pr = (head: number | null) => ({
    ...{ action: 'opened', number: 7 },
    pull_request: { head: { sha: commit, repo: head === null ? null : { id: head } }, base: { repo: { id: 1 } } },
  });
  const mr = (change: object) => ({
    object_attributes: {
      ...{ iid: 7, action: 'open', source_project_id: 1, target_project_id: 1, last_commit: { id: commit } },
      ...change,
    },
  });
  const pushed = { kind: 'push', branch: 'main', commit };
  const opened = { kind: 'pull-request', number: 7, commit, fork: false };

  test.each([
    [github, { 'x-github-event': 'ping' }, { zen: 'Keep it logically awesome.' }, { kind: 'ping' }],
    [github, { 'x-github-event': 'push' }, push, pushed],
    [github, { 'x-github-event': 'pull_request' }, pr(1), opened],
    [github, { 'x-github-event': 'pull_request' }, pr(2), { ...opened, fork: true }],
    // The fork was deleted.
    [github, { 'x-github-event': 'pull_request' }, pr(null), { ...opened, fork: true }],
    [gitea, { 'x-gitea-event': 'push' }, push, pushed],
    [gitea, { 'x-gitea-event': 'pull_request' }, pr(1), opened],
    [gitlab, { 'x-gitlab-event': 'Push Hook' }, push, pushed],
    [gitlab, { 'x-gitlab-event': 'Merge Request Hook' }, mr({}), opened],
    [gitlab, { 'x-gitlab-event': 'Merge Request Hook' }, mr({ source_project_id: 2 }), { ...opened, fork: true }],
    [gitlab, { 'x-gitlab-event': 'Merge Request Hook' }, mr({ action: 'update', oldrev: commit }), opened],
  ])('$name %j', (provider, headers, body, event) => {
    expect(provider.read(request(body, headers as unknown as Record<string, string>))).toEqual(event);
  });

  test.each([
    [github, { 'x-github-event': 'push' }, { ...push, after: '0'.repeat(40) }],
    [github, { 'x-github-event': 'push' }, { ...push, ref: 'refs/tags/v1' }],
    [github, { 'x-github-event': 'push' }, { ...push, ref: 'refs/heads/--upload-pack=x' }],
    [github, { 'x-github-event': 'pull_request' }, { action: 'closed' }],
    [github, { 'x-github-event': 'star' }, {}],
    [gitlab, { 'x-gitlab-event': 'Merge Request Hook' }, mr({ action: 'update' })],
    [gitlab, { 'x-gitlab-event': 'Tag Push Hook' }, {}],
  ])('$name %j is nothing to act upon', (provider, headers, body) => {
    expect(provider.read(request(body, headers as unknown as Record<string, string>)).kind).toBe('other');
  });

  test.each([
    [{ 'x-github-event': 'push' }, 'no json'],
    [{ 'x-github-event': 'push' }, '[]'],
    [{ 'x-github-event': 'push' }, { ref: 'refs/heads/main', after: '; rm -rf' }],
    [{ 'x-github-event': 'push', 'content-type': 'application/x-www-form-urlencoded' }, 'payload=%7B%7D'],
  ])('%j %j is refused', (headers, body) => {
    expect(() => github.read(request(body, headers as unknown as Record<string, string>))).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    );
  });
});
