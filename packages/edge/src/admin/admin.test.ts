import type { Route } from '@kova/core/traffic/route';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  cleanUp,
  routeId,
  routeOf,
  slotOf,
  startApp,
  startTestEdge,
  type TestApp,
  type TestEdge,
} from '../testing/harness.ts';
import { ask } from '../testing/http.ts';

let edge: TestEdge;
let app: TestApp;

beforeAll(async () => {
  [edge, app] = await Promise.all([startTestEdge(), startApp('rel_"1"')]);
});
afterAll(cleanUp);

test('a route is fenced by its version, also after it was removed', async () => {
  const { admin } = edge;
  const route = routeOf(5, [slotOf('blue', 100, app)]);
  await admin.putRoute(route);
  await admin.putRoute(route);
  await expect(admin.putRoute({ ...route, sticky: true })).rejects.toMatchObject({ code: 'EDGE_STALE_ROUTE' });
  await expect(admin.putRoute({ ...route, version: 4 })).rejects.toMatchObject({ code: 'EDGE_STALE_ROUTE' });
  await expect(admin.removeRoute(routeId, 4)).rejects.toMatchObject({ code: 'EDGE_STALE_ROUTE' });
  expect(await admin.routes()).toEqual([route]);
  await admin.removeRoute(routeId, 6);
  await admin.removeRoute(routeId, 6);
  await expect(admin.putRoute({ ...route, version: 6 })).rejects.toMatchObject({ code: 'EDGE_STALE_ROUTE' });
  await expect(admin.counters(routeId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await admin.putRoute({ ...route, version: 7 });
  expect((await admin.status()).routes).toEqual([{ id: routeId, version: 7, paused: false }]);
});

test('bad input is named, a host has one route', async () => {
  const { admin } = edge;
  const bad = { ...routeOf(8, []), version: -1 } as Route;
  await expect(admin.putRoute(bad)).rejects.toMatchObject({ code: 'INPUT_INVALID', message: /version/ });
  await expect(admin.putRoute({ ...routeOf(1, []), id: 'other/production' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: /shop\.test/,
  });
});

test('counters and metrics tell the same', async () => {
  for (let count = 0; count < 5; count++) await ask(edge.port);
  await ask(edge.port, '/status?code=500');
  const [counters] = await edge.admin.counters(routeId);
  expect(counters).toMatchObject({
    slot: 'shop/production/blue',
    release: 'rel_"1"',
    requests: 6,
    errors: 1,
    inFlight: 0,
  });
  expect(counters?.latency.reduce((sum, count) => sum + count)).toBe(6);
  const samples = parse(await edge.admin.metrics());
  const labels = 'slot="shop/production/blue",release="rel_\\"1\\""';
  expect(samples.get(`kova_edge_requests_total{${labels},class="2xx"}`)).toBe(5);
  expect(samples.get(`kova_edge_requests_total{${labels},class="5xx"}`)).toBe(1);
  expect(samples.get(`kova_edge_errors_total{${labels}}`)).toBe(1);
  expect(samples.get(`kova_edge_request_duration_seconds_count{${labels}}`)).toBe(6);
  expect(samples.get(`kova_edge_request_duration_seconds_bucket{${labels},le="+Inf"}`)).toBe(6);
  expect(samples.get(`kova_edge_route_version{route="${routeId}"}`)).toBe(7);
});

test('counters go on while the release stays, and begin anew with another', async () => {
  const [before] = await edge.admin.counters(routeId);
  await edge.admin.putRoute(routeOf(8, [slotOf('blue', 100, app)], { sticky: true }));
  expect((await edge.admin.counters(routeId))[0]).toEqual(before);
  await edge.admin.putRoute(routeOf(9, [{ ...slotOf('blue', 100, app), release: 'rel_2' }]));
  const [after] = await edge.admin.counters(routeId);
  expect(after).toMatchObject({ release: 'rel_2', requests: 0 });
  expect(after?.epoch).not.toBe(before?.epoch);
});

/** Reads the exposition format strictly: every line is a comment of a known kind or a sample of a declared metric. */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const declared = new Set<string>();
  for (const line of text.split('\n').filter(Boolean)) {
    const comment = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (comment) {
      declared.add(comment[2] as string);
      continue;
    }
    const sample = /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\}) (-?[\d.e+-]+)$/.exec(line);
    if (!sample) throw new Error(`not a sample: ${line}`);
    const name = (sample[1] as string).replace(/_(bucket|sum|count)$/, '');
    if (!declared.has(name)) throw new Error(`not declared: ${name}`);
    samples.set(`${sample[1]}${sample[2]}`, Number(sample[3]));
  }
  return samples;
}
