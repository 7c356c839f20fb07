import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplyView, EnvironmentView, PlanView } from '@kova/control/api';
import type { Route } from '@kova/core/traffic/route';
import { Client } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

let kova: TestKova;
let release: string;
let commit: string;
beforeAll(async () => {
  kova = await TestKova.start();
  const shipped = await kova.shipped({ text: 'base', services: '{ db: postgres() }' });
  release = shipped.release!;
  commit = shipped.commit;
});
afterAll(() => kova.close());

/** The edge's own socket, as somebody with a shell on the machine would use it. */
async function atEdge<T>(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
  const client = new Client('http://edge', { socketPath: join(kova.home, 'edge/control.sock') });
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await client.request({ method, path, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.body.text();
    expect(answer.statusCode, text).toBeLessThan(300);
    return (text === '' ? null : JSON.parse(text)) as T;
  } finally {
    await client.close();
  }
}

type Drift = EnvironmentView['drift'][number];

async function driftSeen(wanted: (drift: Drift) => boolean): Promise<Drift> {
  const { drift } = await kova.until(
    () => kova.environment(),
    ({ drift: all }) => all.some(wanted),
  );
  return drift.find(wanted)!;
}

const plan = () => kova.call<PlanView>('POST', '/v1/projects/shop/plan', { commit });

test('a route that somebody changes at the edge is put back, and it is told what was changed', async () => {
  const [route] = await atEdge<Route[]>('GET', '/routes');
  const id = encodeURIComponent(route!.id);
  await atEdge('PUT', `/routes/${id}`, { ...route, version: route!.version + 7, hosts: ['elsewhere.localhost'] });
  const seen = await driftSeen(({ subject }) => subject === 'route');
  expect(seen).toMatchObject({
    found: 'the edge had another route than is recorded: hosts',
    mend: 'the recorded route was put back',
    mendedAt: expect.any(String),
  });
  expect((await kova.get()).release).toBe(release);
  expect(kova.command('status')).toMatch(/production: drift, mended, seen .* ago: the edge had another route/);
});

test('a route that somebody removes at the edge comes back', async () => {
  const [route] = await atEdge<Route[]>('GET', '/routes');
  await atEdge('DELETE', `/routes/${encodeURIComponent(route!.id)}?version=${route!.version}`);
  await driftSeen(({ found }) => found === 'the edge had no route any more');
  await kova.until(
    () => kova.get(),
    (answer) => answer.release === release,
  );
});

test('a slot that runs otherwise than it is recorded is told, and mended by an apply without a dropped request', async () => {
  const { live } = await kova.environment();
  kova.killControl();
  const record = join(kova.home, 'slots/.state', encodeURIComponent(`shop/production/${live!.colour}`), 'slot.json');
  const written = JSON.parse(readFileSync(record, 'utf8'));
  written.spec.env.GREETING = 'by hand';
  writeFileSync(record, JSON.stringify(written));
  await kova.up();
  const seen = await driftSeen(({ subject, mendedAt }) => subject === 'slot' && mendedAt === null);
  expect(seen.found).toBe(`shop/production/${live!.colour} runs with another env.GREETING`);
  expect(JSON.stringify(seen)).not.toContain('by hand');
  const { digest, pending, environments } = await plan();
  expect(pending).toBe(true);
  expect(environments).toMatchObject([{ deed: 'deployment', changes: [], drift: [{ subject: 'slot' }] }]);
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  const body = { commit, digest };
  const { apply } = await kova.call<{ apply: string }>('POST', '/v1/projects/shop/applies', body);
  const end = await kova.until(
    () => kova.call<ApplyView>('GET', `/v1/applies/${apply}`),
    ({ state }) => state !== 'running',
  );
  expect(end).toMatchObject({ state: 'done', error: null });
  expect((await load.stop()).dropped).toEqual([]);
  expect(await plan()).toMatchObject({ pending: false, environments: [{ drift: [] }] });
  await driftSeen(({ subject, mendedAt }) => subject === 'slot' && mendedAt !== null);
});

const postmaster = () =>
  Number(readFileSync(join(kova.home, 'postgres/shop/production/data/postmaster.pid'), 'utf8').split('\n')[0]);

test('a database that ends is started again, and that is told', async () => {
  process.kill(postmaster(), 'SIGINT');
  const seen = await driftSeen(({ subject, found }) => subject === 'database' && found === 'its PostgreSQL had ended');
  expect(seen).toMatchObject({ mend: 'it was started again' });
});

test('a database whose files are gone is told, not made anew; it runs again when they are back', async () => {
  const data = join(kova.home, 'postgres/shop/production/data');
  const pid = postmaster();
  renameSync(data, `${data}.away`);
  process.kill(pid, 'SIGQUIT');
  const seen = await driftSeen(({ subject, mendedAt }) => subject === 'database' && mendedAt === null);
  expect(seen.found).toContain(`are gone from ${kova.home}/postgres/shop/production`);
  expect((await plan()).environments).toMatchObject([{ drift: [{ subject: 'database' }] }]);
  expect(kova.command('status')).toMatch(/warning: production: drift, seen .* gone from/);
  renameSync(`${data}.away`, data);
  const others = ['its PostgreSQL had ended'];
  await driftSeen(
    ({ subject, found, mendedAt }) => subject === 'database' && !others.includes(found) && mendedAt !== null,
  );
});
