import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directoryWith } from '../testing/directory.ts';
import { kovaCheck } from '../testing/kova-check.ts';
import { serve } from '../testing/serve.ts';
import { latencyOf } from './latency.ts';
import { judge } from './thresholds.ts';

const short = ['load', '--duration', '1', '--connections', '2'];
const reportIn = (cwd: string) => JSON.parse(readFileSync(join(cwd, 'reports/load.json'), 'utf8'));

test('paths are asked in turn; failed answers are counted by kind and judged', async () => {
  let asked = 0;
  const BASE_URL = await serve(({ url }, response) => {
    asked += 1;
    response.writeHead(url === '/bad?x=1' ? 500 : 200).end();
  });
  const cwd = directoryWith({});
  const args = [...short, '--path', '/', '--path', '/bad?x=1', '--min-rps', '1', '--max-error-rate', '0.2'];
  expect(await kovaCheck(args, { cwd, env: { BASE_URL } })).toMatchObject({ code: 0 });
  const { requests, statuses, errors, errorRate, judged, verdict, latency } = reportIn(cwd);
  expect(requests).toBeGreaterThan(10);
  expect(requests).toBeLessThanOrEqual(asked);
  expect(statuses[200] + statuses[500]).toBe(requests);
  expect(errors).toEqual({ '5xx': statuses[500] });
  expect(errorRate).toBeCloseTo(0.5, 1);
  expect(latency.p50).toBeLessThanOrEqual(latency.p95);
  expect(judged).toHaveLength(2);
  expect(verdict).toEqual({ outcome: 'fail', reason: expect.stringMatching(/^errors \d+(\.\d+)? % > 20 %$/) });
  expect(readFileSync(join(cwd, 'reports/load.xml'), 'utf8')).toContain('tests="2" failures="1"');
});

test('nobody answering is a failure, not a fast app', async () => {
  const cwd = directoryWith({});
  await kovaCheck(short, { cwd, env: { BASE_URL: 'http://127.0.0.1:9' } });
  expect(reportIn(cwd)).toMatchObject({ rps: 0, latency: null, errorRate: 1, verdict: { outcome: 'fail' } });
});

test.each([
  'http://example.com',
  'http://127.0.0.1.example.com',
  'http://10.0.0.1',
  'http://localhost.example.com',
  'http://notlocalhost',
])('no load goes to %s', async (BASE_URL) => {
  const { code, err } = await kovaCheck(short, { cwd: directoryWith({}), env: { BASE_URL } });
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('error TARGET_REFUSED: ') });
});

test('a host that is named as an own one is asked', async () => {
  const cwd = directoryWith({});
  const env = { BASE_URL: 'http://shop.invalid', KOVA_TARGET_HOSTS: 'other.invalid, shop.invalid' };
  expect(await kovaCheck(short, { cwd, env })).toMatchObject({ code: 0 });
  expect(reportIn(cwd)).toMatchObject({ requests: expect.any(Number), errorRate: 1 });
});

test('percentiles are by nearest rank', () => {
  const times = Float64Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(latencyOf(times)).toMatchObject({ p50: 50, p95: 95, p99: 99, 'p99.9': 100, max: 100 });
  expect(latencyOf(new Float64Array())).toBeNull();
});

test('a threshold that is just met holds', () => {
  const load = { requests: 10, rps: 50, latency: { p95: 200 }, errors: {}, errorRate: 0.01, statuses: {} };
  const outcomes = (thresholds: object) => judge(load, thresholds).map(({ verdict }) => verdict.reason);
  expect(outcomes({ minRps: 50, maxP95: 200, maxErrorRate: 0.01 })).toEqual(['50 rps', 'p95 200 ms', 'errors 1 %']);
  expect(outcomes({ minRps: 51, maxP95: 199.9, maxErrorRate: 0 })).toEqual([
    '50 rps < 51 rps',
    'p95 200 ms > 199.9 ms',
    'errors 1 % > 0 %',
  ]);
  expect(judge({ ...load, requests: 0 }, { minRps: 1 })[0]!.verdict.outcome).toBe('inconclusive');
});

test('in a job of Kova, load goes to the app that the job was given and to nothing else', async () => {
  let asked = 0;
  const BASE_URL = await serve((_, response) => {
    asked += 1;
    response.end();
  });
  const cwd = directoryWith({});
  for (const KOVA_TARGET of ['', 'http://127.0.0.1:9', BASE_URL.replace('127.0.0.1', 'localhost')]) {
    const env = { BASE_URL, KOVA_TARGET, KOVA_TARGET_HOSTS: '127.0.0.1' };
    const { code, err } = await kovaCheck(short, { cwd, env });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('error TARGET_REFUSED: ') });
  }
  expect(asked).toBe(0);
  expect(await kovaCheck(short, { cwd, env: { BASE_URL, KOVA_TARGET: BASE_URL } })).toMatchObject({ code: 0 });
  expect(asked).toBeGreaterThan(0);
});

test('load does not follow a redirect elsewhere', async () => {
  let elsewhere = 0;
  const other = await serve((_, response) => {
    elsewhere += 1;
    response.end();
  });
  const BASE_URL = await serve((_, response) => void response.writeHead(302, { location: other }).end());
  const cwd = directoryWith({});
  expect(await kovaCheck(short, { cwd, env: { BASE_URL } })).toMatchObject({ code: 0 });
  expect(Object.keys(reportIn(cwd).statuses)).toEqual(['302']);
  expect(elsewhere).toBe(0);
});
