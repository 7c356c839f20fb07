import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthorityView, CertificateView, StatusView } from '@kova/control/api';
import { type Authority, makeAuthority } from '@kova/edge/testing/authority';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inStore } from './testing/books.ts';
import { getHttps, type HttpsAnswer } from './testing/https.ts';
import { TestKova } from './testing/kova.ts';

const host = 'production.shop.localhost';
const ends = { KOVA_EDGE_TLS_LISTEN: '127.0.0.1:0' };
const withTls = (tls: object) => `{ production: { stability: '1s', tls: ${JSON.stringify(tls)} } }`;

let kova: TestKova;
let local: AuthorityView;
beforeAll(async () => {
  kova = await TestKova.start(ends);
}, 120_000);
afterAll(() => kova.close());

function port(): number {
  return Number(new URL(kova.control.edgeTls ?? '').port);
}

function visit(ca = local.pem): Promise<HttpsAnswer> {
  return getHttps(port(), host, ca);
}

function certificate(): Promise<CertificateView> {
  return kova.call('GET', '/v1/projects/shop/environments/production/certificate');
}

test('a shop for development gets a certificate of the local authority, which is trusted by who says so', async () => {
  const tls = { certificate: 'local', hsts: '1h' };
  expect(await kova.shipped({ text: 'safe', environments: withTls(tls) })).toMatchObject({ state: 'done' });
  await kova.until(certificate, ({ fingerprint }) => fingerprint !== null);
  local = JSON.parse(kova.command('certificate', 'ca', '--json'));
  expect(kova.command('certificate', 'ca')).toContain(local.path);
  expect(readFileSync(local.path, 'utf8').trim()).toBe(local.pem);
  expect(statSync(join(kova.home, 'keys/local-authority.pem')).mode & 0o777).toBe(0o600);

  const answer = await visit();
  expect(answer).toMatchObject({ status: 200, headers: { 'strict-transport-security': 'max-age=3600' } });
  expect(answer.body).toContain('safe');
  await expect(visit('')).rejects.toThrow(/self.signed|unable to/);
  expect((await kova.environment()).url).toBe(`https://${host}:${port()}`);
  expect(await kova.get('/a?b')).toMatchObject({ status: 308, release: null });
});

test('it is renewed on demand, and by itself; visitors notice nothing', async () => {
  const before = (await visit()).fingerprint;
  expect(kova.cli('certificate', 'renew', 'production')).toContain('source      local');
  const after = (await visit()).fingerprint;
  expect(after).not.toBe(before);
  await inStore(kova.home, 'update certificates set next_at = now()');
  await kova.until(visit, ({ fingerprint }) => fingerprint !== after);
  expect(kova.cli('certificate', 'list')).toContain(host);
  expect(kova.cli('certificate', 'show', 'production')).toContain((await visit()).fingerprint);
});

test('a new release goes live behind it, and kill -9 of the control plane or a forgetful edge takes nothing away', async () => {
  const { fingerprint } = await visit();
  expect(await kova.shipped({ text: 'second', environments: withTls({ certificate: 'local' }) })).toMatchObject({
    state: 'done',
  });
  kova.killControl();
  expect(await visit()).toMatchObject({ status: 200, fingerprint });
  kova.killEdge();
  rmSync(join(kova.home, 'edge/certificates'), { recursive: true });
  await kova.up(ends);
  await kova.until(visit, (answer) => answer.fingerprint === fingerprint);
});

test('files are read again when they change; a bad one is named and the old one served', async () => {
  const authority: Authority = await makeAuthority();
  const [cert, key] = [join(kova.home, 'shop.pem'), join(kova.home, 'shop.key')];
  const put = async (pair: { chain: string; key: string }) => {
    writeFileSync(cert, pair.chain);
    writeFileSync(key, pair.key);
  };
  await put(await authority.issue(['other.example.org']));
  const before = (await visit()).fingerprint;
  const tls = { certificate: 'files', cert, key };
  expect(await kova.shipped({ text: 'third', environments: withTls(tls) })).toMatchObject({ state: 'done' });
  await kova.until(certificate, ({ problem }) => problem !== null);
  expect(kova.command('status')).toMatch(/warning: production: certificate: .* not for production\.shop\.localhost/);
  expect((await visit()).fingerprint).toBe(before);

  await put(await authority.issue([host]));
  const first = await kova.until(certificate, ({ problem }) => problem === null);
  expect((await visit(authority.pem)).fingerprint).toBe(first.fingerprint);
  await put(await authority.issue([host]));
  await kova.until(certificate, ({ fingerprint }) => fingerprint !== first.fingerprint);
  const { projects } = await kova.call<StatusView>('GET', '/v1/status');
  expect(projects[0]?.environments[0]?.tls?.problem).toBeNull();
});

test('a release without tls goes back to plain HTTP', async () => {
  expect(await kova.shipped({ text: 'plain', environments: `{ production: { stability: '1s' } }` })).toMatchObject({
    state: 'done',
  });
  await kova.until(
    () => kova.get(),
    ({ status }) => status === 200,
  );
  await kova.until(
    () => kova.call<CertificateView[]>('GET', '/v1/certificates'),
    (all) => all.length === 0,
  );
});
