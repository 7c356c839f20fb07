import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  cleanUp,
  routeOf,
  slotOf,
  startApp,
  startTestEdge,
  type TestEdge,
  temporaryDirectory,
} from '../testing/harness.ts';
import { ask, askRaw } from '../testing/http.ts';

let edge: TestEdge;
let home: string;

beforeAll(async () => {
  home = await temporaryDirectory();
  const [started, app] = await Promise.all([startTestEdge(), startApp('rel_2')]);
  edge = started;
  for (const release of ['old', 'new']) await mkdir(join(home, release, 'chunks'), { recursive: true });
  await writeFile(join(home, 'secret.js'), 'secret');
  await writeFile(join(home, 'old', 'chunks', 'page-1.js'), 'old page');
  await writeFile(join(home, 'old', 'same.css'), 'old css');
  await writeFile(join(home, 'new', 'same.css'), 'new css');
  await writeFile(join(home, 'new', 'chunks', '[slug]-2.js'), 'slug');
  await writeFile(join(home, 'new', 'gone.js'), 'soon gone');
  await symlink(join(home, 'secret.js'), join(home, 'new', 'link.js'));
  await symlink(home, join(home, 'new', 'up'));
  const dirs = [join(home, 'new'), join(home, 'old'), join(home, 'pruned')];
  const assets = { prefix: '/_next/static/', dirs };
  await edge.admin.putRoute(routeOf(1, [slotOf('blue', 100, app)], { assets }));
});
afterAll(cleanUp);

// https://github.com/sourcebot-dev/sourcebot/pull/1346
test('a chunk of an earlier release is served whichever slot is live', async () => {
  const { status, headers, body } = await ask(edge.port, '/_next/static/chunks/page-1.js?v=1');
  expect([status, body]).toEqual([200, 'old page']);
  expect(headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
    'content-length': '8',
  });
  const again = await ask(edge.port, '/_next/static/chunks/page-1.js', { headers: { 'if-none-match': headers.etag } });
  expect([again.status, again.body]).toEqual([304, '']);
  const head = await ask(edge.port, '/_next/static/chunks/page-1.js', { method: 'HEAD' });
  expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '8', '']);
});

test('the newest release wins, encoded names are found, and everything else is the slot’s', async () => {
  expect((await ask(edge.port, '/_next/static/same.css')).body).toBe('new css');
  expect((await ask(edge.port, '/_next/static/chunks/%5Bslug%5D-2.js')).body).toBe('slug');
  await rm(join(home, 'new', 'gone.js'));
  for (const path of ['/_next/static/gone.js', '/_next/static/none.js', '/_next/static/']) {
    expect((await ask(edge.port, path)).headers).toMatchObject({ 'x-kova-release': 'rel_2' });
  }
});

test.each([
  '/_next/static/../secret.js',
  '/_next/static/..%2fsecret.js',
  '/_next/static/%2e%2e/secret.js',
  '/_next/static/%2e%2e%2fsecret.js',
  '/_next/static/..%5csecret.js',
  '/_next/static/chunks/../../../secret.js',
  '/_next/static//secret.js',
  '/_next/static/%00secret.js',
  '/_next/static/%zz',
  '/_next/static/link.js',
  '/_next/static/up/secret.js',
])('no path leads out of the directories: %s', async (path) => {
  const received = await askRaw(edge.port, `GET ${path} HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n`);
  expect(received).toMatch(/^HTTP\/1\.1 404 /);
  expect(received).toContain('x-kova-release: rel_2');
});
