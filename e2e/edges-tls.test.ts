import { join } from 'node:path';
import type { AuthorityView, CertificateView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FollowingEdge } from './testing/following-edge.ts';
import { freePort } from './testing/free-port.ts';
import { getHttps } from './testing/https.ts';
import { TestKova } from './testing/kova.ts';
import { hasPebble, Pebble } from './testing/pebble.ts';
import { TestStore } from './testing/store.ts';

const host = 'production.shop.localhost';
const acmeHost = 'www.kova-shop.org';

let kova: TestKova;
let pebble: Pebble | null = null;
let edge: FollowingEdge;
let following: NodeJS.ProcessEnv;
let tlsPort: number;
beforeAll(async () => {
  pebble = hasPebble() ? await Pebble.prepare() : null;
  const trusted = pebble ? { NODE_EXTRA_CA_CERTS: pebble.caFile } : {};
  kova = await TestKova.keeping({ KOVA_EDGE_TLS_LISTEN: '127.0.0.1:0', ...trusted });
  tlsPort = await freePort();
  following = {
    KOVA_DATABASE_URL: await new TestStore(kova.home).url(),
    KOVA_EDGE_TLS_LISTEN: `127.0.0.1:${tlsPort}`,
    KOVA_EDGE_KEY_FILE: join(kova.home, 'keys/edge-key'),
  };
});
afterAll(async () => {
  await edge?.close();
  await kova.close();
  await pebble?.remove();
});

function ship(text: string, tls: object, hosts?: string[]) {
  const production = { stability: '1s', tls, ...(hosts && { hosts }) };
  return kova.shipped({ text, environments: JSON.stringify({ production }) });
}

function certificate(): Promise<CertificateView> {
  return kova.call('GET', '/v1/projects/shop/environments/production/certificate');
}

test('an edge that is started later ends TLS with what the others have, and gets what is renewed', async () => {
  expect(await ship('safe', { certificate: 'local' })).toMatchObject({ state: 'done' });
  const { fingerprint } = await kova.until(certificate, (each) => each.fingerprint !== null);
  edge = await FollowingEdge.start('b', '127.0.0.1', following);
  const { pem } = JSON.parse(kova.command('certificate', 'ca', '--json')) as AuthorityView;
  const visit = () => getHttps(tlsPort, host, pem);
  expect(await kova.until(visit, ({ status }) => status === 200)).toMatchObject({ fingerprint });
  kova.cli('certificate', 'renew', 'production');
  const renewed = await visit();
  expect(renewed.fingerprint).toBe((await certificate()).fingerprint);
  expect(renewed.fingerprint).not.toBe(fingerprint);
});

test('without the key of edges it serves plain requests and says what is missing', async () => {
  await edge.killFollower();
  const { KOVA_EDGE_KEY_FILE: _, ...keyless } = following;
  const other = await FollowingEdge.start('keyless', '127.0.0.5', { ...keyless, KOVA_EDGE_TLS_LISTEN: '127.0.0.5:0' });
  await kova.until(
    async () => kova.command('status'),
    (text) => text.includes('warning: edge keyless is behind: certificates cannot be opened: KOVA_EDGE_KEY_FILE'),
  );
  await other.close();
  await edge.startFollower();
});

test.skipIf(!hasPebble()).each(['http-01', 'tls-alpn-01'])(
  'an authority that asks the other edge is convinced by %s',
  async (challenge) => {
    const httpPort = Number(edge.address.split(':')[1]);
    if (challenge === 'http-01') await pebble?.start({ httpPort, tlsPort });
    const before = await certificate();
    const tls = { certificate: 'acme', directory: pebble?.url, email: `ops-${challenge}@kova-shop.org`, challenge };
    expect(await ship(challenge, tls, [acmeHost])).toMatchObject({ state: 'done' });
    const root = (await pebble?.root()) ?? '';
    const { fingerprint } = await kova.until(certificate, (each) => each.fingerprint !== before.fingerprint);
    expect(await getHttps(tlsPort, acmeHost, root)).toMatchObject({ status: 200, fingerprint });
  },
);
