import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { directoryWith } from '../testing/directory.ts';
import { kovaCheck } from '../testing/kova-check.ts';
import { serve } from '../testing/serve.ts';
import type { AuditReport } from './audit-report.ts';

const osv = fileURLToPath(new URL('../testing/osv', import.meta.url));
const lock = readFileSync(new URL('../testing/old-app/package-lock.json', import.meta.url), 'utf8');
const { packages } = JSON.parse(lock) as { packages: Record<string, object> };
const oldApp = () => directoryWith({ 'package-lock.json': lock, 'package.json': JSON.stringify(packages['']) });
const reportIn = (cwd: string): AuditReport => JSON.parse(readFileSync(join(cwd, 'reports/audit.json'), 'utf8'));

const byRegistry = async (listener: RequestListener) => ({
  npm_config_registry: await serve(listener),
  npm_config_fetch_retries: '0',
  npm_config_audit: 'false',
});

test('a database tells what is vulnerable; records that are aliases count once, withdrawn ones not at all', async () => {
  const cwd = oldApp();
  const { code, out } = await kovaCheck(['audit'], { cwd, env: { KOVA_OSV_DATABASE: osv } });
  expect(code).toBe(0);
  expect(out).toContain('6 packages, 2 vulnerable (1 critical, 1 high, 0 moderate, 0 low)');
  const { vulnerabilities, metadata } = reportIn(cwd);
  const { lodash, minimist } = vulnerabilities;
  expect(lodash).toMatchObject({
    severity: 'high',
    isDirect: true,
    nodes: ['node_modules/lodash'],
    fixAvailable: true,
  });
  expect(lodash!.via.map((via) => (via as { source: string }).source).sort()).toEqual([
    'GHSA-29mw-wpgm-hmr9',
    'GHSA-35jh-r3h4-6jhm',
  ]);
  expect(minimist).toMatchObject({ severity: 'critical' });
  expect(minimist!.nodes).toEqual(['node_modules/minimist', 'node_modules/mkdirp/node_modules/minimist']);
  expect(metadata.dependencies).toMatchObject({ prod: 4, dev: 2, total: 6 });
});

test('what only development needs can be left out', async () => {
  const cwd = oldApp();
  await kovaCheck(['audit', '--omit-dev'], { cwd, env: { KOVA_OSV_DATABASE: osv } });
  expect(reportIn(cwd).vulnerabilities.minimist!.nodes).toEqual(['node_modules/mkdirp/node_modules/minimist']);
});

test('a registry that refuses is not "vulnerable", though npm exits with 1 for both', async () => {
  const cwd = oldApp();
  const env = await byRegistry((_, response) => response.writeHead(405).end());
  const { code, err } = await kovaCheck(['audit'], { cwd, env });
  expect({ code, err }).toEqual({
    code: 3,
    err: expect.stringMatching(/^the registry refuses audits \(405\); set KOVA_OSV/),
  });
  expect(() => reportIn(cwd)).toThrow('ENOENT');
});

test('a registry that is not reached is told as such', async () => {
  const env = { npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' };
  const { code, err } = await kovaCheck(['audit'], { cwd: oldApp(), env });
  expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('cannot be reached (ECONNREFUSED); check') });
});

test('a registry that answers is believed', async () => {
  const cwd = oldApp();
  const advisory = { id: 1, url: 'https://github.com/advisories/GHSA-35jh-r3h4-6jhm', title: 'Command Injection' };
  const env = await byRegistry((request, response) => {
    if (request.method !== 'POST') return response.writeHead(404).end('{}');
    const found = { lodash: [{ ...advisory, severity: 'high', vulnerable_versions: '<4.17.21' }] };
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
  });
  const { code, out } = await kovaCheck(['audit'], { cwd, env });
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('1 vulnerable (0 critical, 1 high') });
  expect(Object.keys(reportIn(cwd).vulnerabilities)).toEqual(['lodash']);
});

test.each([
  ['no lockfile', {}, { KOVA_OSV_DATABASE: osv }, 3, 'there is no lockfile; run `npm install`'],
  ['no database', { 'package-lock.json': lock }, { KOVA_OSV_DATABASE: '/nowhere' }, 3, 'cannot be read'],
  [
    'an empty database',
    { 'package-lock.json': lock, 'db/x': '' },
    { KOVA_OSV_DATABASE: 'db' },
    3,
    'no OSV records in db',
  ],
  [
    'a broken record',
    { 'package-lock.json': lock, 'db/x.json': '{' },
    { KOVA_OSV_DATABASE: 'db' },
    1,
    'x.json is no OSV record',
  ],
  ['a lockfile that npm does not know', { 'yarn.lock': '# yarn lockfile v1\n' }, {}, 3, 'against an OSV database only'],
])('%s is never "nothing found"', async (_, files, env, code, said) => {
  const ended = await kovaCheck(['audit'], { cwd: directoryWith(files), env: env as Record<string, string> });
  expect(ended).toMatchObject({ code, err: expect.stringContaining(said) });
});
