import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directoryWith } from '../testing/directory.ts';
import { kovaCheck } from '../testing/kova-check.ts';
import { serve } from '../testing/serve.ts';

const reportIn = (cwd: string) => readFileSync(join(cwd, 'reports/smoke.xml'), 'utf8');

test('each path is a test; 2xx and 3xx pass, what does not answer fails with words', async () => {
  const cwd = directoryWith({});
  const BASE_URL = await serve(({ url }, response) => {
    if (url === '/away') response.writeHead(302, { location: 'http://elsewhere.invalid/' }).end();
    else if (url === '/cut') response.destroy();
    else response.writeHead(url?.startsWith('/gone') ? 404 : 200).end('hello');
  });
  const paths = ['/', '/away', '/gone?a=<b>', '/cut'].flatMap((path) => ['--path', path]);
  const { code, out } = await kovaCheck(['smoke', '--deadline', '0', ...paths], { cwd, env: { BASE_URL } });
  expect(code).toBe(0);
  expect(out).toContain('FAIL  GET /gone?a=<b>: answered 404; 2xx or 3xx expected\nFAIL  GET /cut: socket hang up\n');
  const report = reportIn(cwd);
  expect(report).toContain('<testsuite name="smoke" tests="4" failures="2"');
  expect(report).toContain('name="GET /gone?a=&lt;b&gt;"');
});

test('a path is asked again until it answers, or the deadline has passed', async () => {
  let asked = 0;
  const BASE_URL = await serve((_, response) => {
    asked += 1;
    response.writeHead(asked < 3 ? 503 : 200).end();
  });
  const cwd = directoryWith({});
  await kovaCheck(['smoke', '--deadline', '30'], { cwd, env: { BASE_URL } });
  expect(asked).toBe(3);
  expect(reportIn(cwd)).toContain('failures="0"');
});

test('an answer that never ends is ended', async () => {
  const BASE_URL = await serve((_, response) => response.write('begun'));
  const cwd = directoryWith({});
  await kovaCheck(['smoke', '--deadline', '1'], { cwd, env: { BASE_URL } });
  expect(reportIn(cwd)).toContain('no answer within 1000 ms');
});

test('names below localhost lead to this machine, with their host and the given headers', async () => {
  const seen: unknown[] = [];
  const BASE_URL = (
    await serve(({ headers }, response) => {
      seen.push(headers.host, headers['x-kova-slot']);
      response.end();
    })
  ).replace('127.0.0.1', 'staging.shop.localhost');
  const env = { BASE_URL, BASE_HEADERS: '{"x-kova-slot":"green"}' };
  await kovaCheck(['smoke'], { cwd: directoryWith({}), env });
  expect(seen).toEqual([new URL(BASE_URL).host, 'green']);
});
