import type { CertificateView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inStore } from './testing/books.ts';
import { freePort } from './testing/free-port.ts';
import { getHttps } from './testing/https.ts';
import { TestKova } from './testing/kova.ts';
import { hasPebble, Pebble } from './testing/pebble.ts';

const hosts = ['www.kova-shop.org', 'kova-shop.org'];
const there = hasPebble();

let kova: TestKova;
let pebble: Pebble;
let env: NodeJS.ProcessEnv;
let ports: { httpPort: number; tlsPort: number };

beforeAll(async () => {
  if (!there) return;
  pebble = await Pebble.prepare();
  const tlsPort = await freePort();
  env = { KOVA_EDGE_TLS_LISTEN: `127.0.0.1:${tlsPort}`, NODE_EXTRA_CA_CERTS: pebble.caFile };
  kova = await TestKova.start(env);
  ports = { httpPort: Number(new URL(kova.control.edge).port), tlsPort };
});
afterAll(async () => {
  if (!there) return;
  await kova.close();
  await pebble.remove();
});

function ship(text: string, challenge: string, names = hosts) {
  const tls = { certificate: 'acme', directory: pebble.url, email: 'ops@kova-shop.org', challenge };
  const production = { stability: '1s', hosts: names, tls };
  return kova.shipped({ text, environments: JSON.stringify({ production }) });
}

function certificate(): Promise<CertificateView> {
  return kova.call('GET', '/v1/projects/shop/environments/production/certificate');
}

test.skipIf(!there)('an authority that is away is named, and does not stop the release', async () => {
  expect(await ship('first', 'http-01')).toMatchObject({ state: 'done' });
  const { problem } = await kova.until(certificate, (each) => each.problem !== null, 90_000);
  expect(problem).toContain(`localhost:${pebble.port} gives no certificate`);
  expect(kova.command('status')).toContain('warning: production: certificate:');
});

test.skipIf(!there)('HTTP-01 proves the hosts, and users get a certificate of the authority', async () => {
  await pebble.start(ports);
  expect(kova.cli('certificate', 'renew', 'production')).toContain('source      acme');
  const root = await pebble.root();
  for (const host of hosts) {
    const answer = await getHttps(ports.tlsPort, host, root);
    expect(answer).toMatchObject({ status: 200, fingerprint: (await certificate()).fingerprint });
  }
});

test.skipIf(!there)('TLS-ALPN-01 proves them as well, while users go on', async () => {
  const root = await pebble.root();
  const before = await certificate();
  const failures: unknown[] = [];
  let running = true;
  const users = (async () => {
    while (running) await getHttps(ports.tlsPort, 'www.kova-shop.org', root).catch((error) => failures.push(error));
  })();
  expect(await ship('second', 'tls-alpn-01')).toMatchObject({ state: 'done' });
  const after = await kova.until(certificate, ({ fingerprint }) => fingerprint !== before.fingerprint);
  running = false;
  await users;
  expect(failures).toEqual([]);
  expect((await getHttps(ports.tlsPort, 'kova-shop.org', root)).fingerprint).toBe(after.fingerprint);
});

test.skipIf(!there).each(['certificate:ordered', 'certificate:final'])(
  'kill -9 at %s: the order goes on when Kova is there again, and no second one is made',
  async (point) => {
    const [before, issued] = [await certificate(), pebble.issued()];
    kova.killControl();
    await kova.up({ ...env, KOVA_CRASH_AT: point });
    await kova
      .call('POST', '/v1/projects/shop/environments/production/certificate/renew', {})
      .catch((error) => expect(error.message).toMatch(/fetch failed|other side closed/));
    const [row] = await inStore(kova.home, 'select order_url from certificates');
    expect(row?.order_url).toContain('https://');
    expect(await getHttps(ports.tlsPort, hosts[0]!, await pebble.root())).toMatchObject({ status: 200 });
    await kova.up(env);
    const after = await kova.until(certificate, ({ fingerprint }) => fingerprint !== before.fingerprint);
    expect([after.problem, pebble.issued() - issued]).toEqual([null, 1]);
    expect((await getHttps(ports.tlsPort, hosts[0]!, await pebble.root())).fingerprint).toBe(after.fingerprint);
  },
);

test.skipIf(!there)(
  'a host that cannot be proved is named with what the authority says; the old one is served',
  async () => {
    const { fingerprint } = await certificate();
    const root = await pebble.root();
    await pebble.stop();
    await pebble.start({ ...ports, httpPort: await freePort() });
    expect(await ship('third', 'http-01')).toMatchObject({ state: 'done' });
    const { problem } = await kova.until(certificate, (each) => each.problem !== null);
    expect(problem).toMatch(/is not proved by http-01: .*connection refused/i);
    expect(await getHttps(ports.tlsPort, 'kova-shop.org', root)).toMatchObject({ status: 200, fingerprint });
  },
);
