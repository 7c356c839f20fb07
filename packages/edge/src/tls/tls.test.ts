import { execFile } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { Agent, type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Authority, makeAuthority } from '../testing/authority.ts';
import {
  cleanUp,
  eventually,
  host,
  onCleanUp,
  routeId,
  routeOf,
  slotOf,
  startApp,
  startTestEdge,
} from '../testing/harness.ts';
import { ask, type Reply } from '../testing/http.ts';

const anyPort = ['127.0.0.1:0'];
const run = promisify(execFile);

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});
afterEach(cleanUp);

interface TlsReply extends Reply {
  certificate: PeerCertificate;
}

function askTls(port: number, name = host, options: RequestOptions = {}): Promise<TlsReply> {
  const { promise, resolve, reject } = Promise.withResolvers<TlsReply>();
  const call = request({
    host: '127.0.0.1',
    port,
    servername: name,
    ca: authority.pem,
    agent: false,
    ...options,
    headers: { host: name, ...options.headers },
  });
  call.on('error', reject).on('response', (response) => {
    const certificate = (response.socket as TLSSocket).getPeerCertificate();
    let body = '';
    response
      .setEncoding('utf8')
      .on('data', (text) => {
        body += text;
      })
      .on('error', reject);
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body, certificate }),
    );
  });
  call.end();
  return promise;
}

async function startShop(
  hosts = [host],
  tls = { redirectPort: null as number | null, hstsSeconds: null as number | null },
) {
  const edge = await startTestEdge(undefined, anyPort);
  const app = await startApp('rel_1');
  const route = routeOf(1, [slotOf('blue', 100, app)], { hosts, tls });
  await edge.admin.putRoute(route);
  return { edge, app, route };
}

test('ends TLS with the certificate of the host that the client names, and says so to the app', async () => {
  const { edge } = await startShop([host, '*.shop.test', 'other.test']);
  await edge.admin.putCertificate('a', await authority.issue([host]));
  await edge.admin.putCertificate('b', await authority.issue(['*.shop.test']));
  await edge.admin.putCertificate('c', await authority.issue(['other.test']));
  for (const [name, subject] of [
    [host, host],
    ['x.shop.test', '*.shop.test'],
    ['other.test', 'other.test'],
  ] as const) {
    const { body, certificate } = await askTls(edge.tlsPort, name, { path: '/echo' });
    expect(certificate.subject.CN).toBe(subject);
    expect(JSON.parse(body).headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-host': name });
  }
  await expect(askTls(edge.tlsPort, 'unknown.example')).rejects.toThrow(/handshake failure/);
});

test('curl trusts it by its authority, and openssl is told the protocol', async () => {
  const { edge } = await startShop();
  await edge.admin.putCertificate(routeId, await authority.issue([host]));
  const ca = join(edge.dir, 'ca.pem');
  await writeFile(ca, authority.pem);
  const resolve = `${host}:${edge.tlsPort}:127.0.0.1`;
  const { stdout } = await run('curl', [
    '-sS',
    '--cacert',
    ca,
    '--resolve',
    resolve,
    `https://${host}:${edge.tlsPort}/`,
  ]);
  expect(stdout).toMatch(/^rel_1 /);
  const connect = [
    's_client',
    '-connect',
    `127.0.0.1:${edge.tlsPort}`,
    '-servername',
    host,
    '-CAfile',
    ca,
    '-alpn',
    'http/1.1',
  ];
  const shown = await new Promise<string>((done) => {
    execFile('openssl', connect, (_, out) => done(out)).stdin?.end();
  });
  expect(shown).toContain('ALPN protocol: http/1.1');
  expect(shown).toContain('Verify return code: 0 (ok)');
});

test('a WebSocket goes through', async () => {
  const { edge } = await startShop();
  await edge.admin.putCertificate(routeId, await authority.issue([host]));
  const options = { ca: authority.pem, servername: host, headers: { host } };
  const socket = new WebSocket(`wss://127.0.0.1:${edge.tlsPort}/socket`, [], options);
  onCleanUp(async () => socket.terminate());
  const said = await new Promise((resolve, reject) =>
    socket.once('message', (data) => resolve(String(data))).once('error', reject),
  );
  expect(said).toBe('hello rel_1');
});

test('plain HTTP is redirected once there is a certificate; browsers are told to ask for nothing else', async () => {
  const { edge, route } = await startShop([host], { redirectPort: 443, hstsSeconds: 3600 });
  expect((await ask(edge.port)).status).toBe(200);
  await edge.admin.putCertificate(routeId, await authority.issue([host]));
  const answer = await ask(edge.port, '/a?b=c', { method: 'POST', body: 'x' });
  expect(answer).toMatchObject({ status: 308, headers: { location: `https://${host}/a?b=c` } });
  expect(answer.headers['strict-transport-security']).toBeUndefined();
  expect((await askTls(edge.tlsPort)).headers['strict-transport-security']).toBe('max-age=3600');
  const proxied = await ask(edge.port, '/', { headers: { 'x-forwarded-proto': 'https' } });
  expect(proxied).toMatchObject({ status: 200, headers: { 'strict-transport-security': 'max-age=3600' } });
  expect((await ask(edge.port, '/.well-known/acme-challenge/x')).status).toBe(404);
  await edge.admin.putRoute({ ...route, version: 2, tls: { redirectPort: 8443, hstsSeconds: null } });
  expect((await ask(edge.port, '/', { headers: { host: `${host}:80` } })).headers.location).toBe(
    `https://${host}:8443/`,
  );
});

test('answers an HTTP-01 question for any host, with nothing but the proof', async () => {
  const edge = await startTestEdge(undefined, anyPort);
  await edge.admin.putHttpChallenge('token-1', 'token-1.thumbprint');
  const path = '/.well-known/acme-challenge/token-1';
  const answer = await ask(edge.port, path, { headers: { host: 'new.example.org', accept: 'application/json' } });
  expect(answer).toMatchObject({ status: 200, body: 'token-1.thumbprint' });
  await edge.admin.removeHttpChallenge('token-1');
  expect((await ask(edge.port, path)).status).toBe(503);
});

test.each([
  ['expired', () => authority.issue([host], { toMs: -1000 }), /has expired on/],
  ['not valid yet', () => authority.issue([host], { fromMs: 60_000 }), /valid only from/],
  [
    'for another host',
    async () => ({ ...(await authority.issue(['other.test'])), hosts: [host] }),
    /not for shop\.test, but for DNS:other\.test/,
  ],
  [
    'with another key',
    async () => ({ ...(await authority.issue([host])), key: (await authority.issue([host])).key }),
    /not the one of the certificate/,
  ],
  ['no certificate', async () => ({ ...(await authority.issue([host])), chain: 'hello' }), /no certificate in the PEM/],
  [
    'with the wrong issuer',
    async () => {
      const pair = await authority.issue([host]);
      return { ...pair, chain: `${pair.chain}\n${(await makeAuthority('Other')).pem}` };
    },
    /not the issuer/,
  ],
])('refuses a certificate that is %s, and serves the old one', async (_, make, why) => {
  const { edge } = await startShop();
  const { fingerprint } = await edge.admin.putCertificate(routeId, await authority.issue([host]));
  await expect(edge.admin.putCertificate(routeId, await make())).rejects.toThrow(why);
  expect((await askTls(edge.tlsPort)).certificate.fingerprint256).toBe(fingerprint);
});

test('swaps under load without a failed request, keeps open connections, and finds it again after its end', async () => {
  const { edge } = await startShop();
  await edge.admin.putCertificate(routeId, await authority.issue([host]));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onCleanUp(async () => agent.destroy());
  const kept = await askTls(edge.tlsPort, host, { agent });
  const problems: unknown[] = [];
  const seen = new Set<string>();
  let running = true;
  const client = async (options: RequestOptions) => {
    while (running) {
      await askTls(edge.tlsPort, host, options).then(
        ({ status, certificate }) => (status === 200 ? seen.add(certificate.fingerprint256) : problems.push(status)),
        (error) => problems.push(error),
      );
    }
  };
  const load = [client({}), client({}), client({ agent })];
  const second = await edge.admin.putCertificate(routeId, await authority.issue([host]));
  await eventually(() => seen.has(second.fingerprint)).toBe(true);
  for (let turn = 0; turn < 10; turn++) await edge.admin.putCertificate(routeId, await authority.issue([host]));
  const last = await edge.admin.putCertificate(routeId, await authority.issue([host]));
  await eventually(() => seen.has(last.fingerprint)).toBe(true);
  running = false;
  await Promise.all(load);
  expect(problems).toEqual([]);
  expect((await askTls(edge.tlsPort, host, { agent })).certificate.fingerprint256).toBe(
    kept.certificate.fingerprint256,
  );
  agent.destroy();

  process.kill(edge.process.pid, 'SIGKILL');
  const dir = join(edge.dir, 'certificates');
  const [file = ''] = await readdir(dir);
  expect([(await stat(dir)).mode & 0o777, (await stat(join(dir, file))).mode & 0o777]).toEqual([0o700, 0o600]);
  const again = await startTestEdge(edge.dir, anyPort);
  expect((await askTls(again.tlsPort)).certificate.fingerprint256).toBe(last.fingerprint);
  expect(await readFile(join(edge.dir, 'edge.log'), 'utf8')).not.toContain('PRIVATE KEY');
});
