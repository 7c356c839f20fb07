import { once } from 'node:events';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { directoryWith } from '../testing/directory.ts';
import { kovaCheck, startCheck } from '../testing/kova-check.ts';
import { serve } from '../testing/serve.ts';
import { reportNames } from './report-name.ts';
import { medianScores } from './scores.ts';

const page = '<!doctype html><html lang="en"><head><title>Hello</title></head><body><h1>Hello</h1></body></html>';

/** Processes whose command line names a directory. */
function processesOf(directory: string): string[] {
  return globSync('/proc/[0-9]*/cmdline').filter((file) => {
    try {
      return readFileSync(file, 'latin1').includes(directory);
    } catch {
      return false;
    }
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(50);
}

test('each run leaves a whole report; neither a process nor a profile is left', async () => {
  const slots: unknown[] = [];
  const BASE_URL = await serve(({ headers }, response) => {
    slots.push(headers['x-kova-slot']);
    response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  });
  const long = `tmp/${'long'.repeat(20)}`;
  const cwd = directoryWith({ [`${long}/.keep`]: '', 'reports/lighthouse-old-1.json': '{}' });
  const TMPDIR = join(cwd, long);
  const env = { BASE_URL, TMPDIR, BASE_HEADERS: '{"x-kova-slot":"secret-green"}' };
  const { code, out } = await kovaCheck(['lighthouse', '--runs', '2', '--path', '/a'], { cwd, env });
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/\/a: median of 2: performance [01]\.\d\d, /) });
  expect(readdirSync(join(cwd, 'reports')).sort()).toEqual(['lighthouse-a-1.json', 'lighthouse-a-2.json']);
  const text = readFileSync(join(cwd, 'reports/lighthouse-a-1.json'), 'utf8');
  expect(text).not.toContain('secret-green');
  expect(JSON.parse(text)).toMatchObject({
    requestedUrl: `${BASE_URL}/a`,
    lighthouseVersion: expect.stringMatching(/^13\./),
  });
  expect(slots).toContain('secret-green');
  expect(processesOf(TMPDIR)).toEqual([]);
  expect(readdirSync(TMPDIR)).toEqual(['.keep']);
});

test('a check that is killed takes its browser along', async () => {
  const BASE_URL = await serve(() => undefined);
  const cwd = directoryWith({ 'tmp/.keep': '' });
  const TMPDIR = join(cwd, 'tmp');
  const child = startCheck(['lighthouse'], { cwd, env: { BASE_URL, TMPDIR } });
  await until(() => processesOf(TMPDIR).length > 2);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await until(() => processesOf(TMPDIR).length === 0);
});

test('a page that never answers ends with the deadline, and the browser with it', async () => {
  const BASE_URL = await serve(() => undefined);
  const cwd = directoryWith({ 'tmp/.keep': '' });
  const env = { BASE_URL, TMPDIR: join(cwd, 'tmp') };
  const { code, err } = await kovaCheck(['lighthouse', '--deadline', '3'], { cwd, env });
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('did not finish with') });
  expect(processesOf(env.TMPDIR)).toEqual([]);
});

test('a Chromium that does not start is a check that broke; one that is not there could not check', async () => {
  const cwd = directoryWith({});
  const env = { BASE_URL: 'http://127.0.0.1:9' };
  const broken = await kovaCheck(['lighthouse'], { cwd, env: { ...env, CHROME_PATH: '/bin/false' } });
  expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('/bin/false ended with 1') });
  const absent = await kovaCheck(['lighthouse'], { cwd, env: { ...env, CHROME_PATH: '/nowhere' } });
  expect(absent).toMatchObject({
    code: 3,
    err: expect.stringContaining('CHROME_PATH is no program: /nowhere; install one, such as with `apt'),
  });
});

test('the median of an even number of runs lies between the two in the middle', () => {
  const run = (score: number | null) => ({ categories: { performance: { score } } }) as never;
  expect(medianScores([run(1), run(0.5), run(0.8)])).toEqual({ performance: 0.8 });
  expect(medianScores([run(1), run(0.5), run(0.8), run(0.6)]).performance).toBeCloseTo(0.7);
  expect(medianScores([run(null)])).toEqual({});
});

test('every page has a file name of its own', () => {
  const names = reportNames(['/', '/a/b?c=d', '/a-b-c-d', '/../..', '/']);
  expect([...names.values()]).toEqual(['root', 'a-b-c-d', 'a-b-c-d-2', 'root-2']);
});
