import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  cleanUp,
  eventually,
  host,
  routeId,
  routeOf,
  slotOf,
  startApp,
  startTestEdge,
  type TestApp,
  type TestEdge,
} from '../testing/harness.ts';

let edge: TestEdge;
let old: TestApp;
let next: TestApp;
const oldSlot = 'shop/production/blue';

beforeEach(async () => {
  [edge, old, next] = await Promise.all([startTestEdge(), startApp('rel_1'), startApp('rel_2')]);
  await edge.admin.putRoute(routeOf(1, [slotOf('blue', 100, old)]));
});
afterEach(cleanUp);

async function switchOver(): Promise<void> {
  await edge.admin.putRoute(routeOf(2, [slotOf('blue', 0, old), slotOf('green', 100, next)]));
}

/** Collects an event stream; `first` resolves at its first byte, `whole` when it has ended cleanly. */
function listen(): { first: Promise<string>; whole: Promise<string> } {
  const first = Promise.withResolvers<string>();
  const whole = Promise.withResolvers<string>();
  const call = request({ host: '127.0.0.1', port: edge.port, path: '/events', agent: false, headers: { host } });
  call.on('response', (response) => {
    let text = '';
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      first.resolve(chunk.toString());
    });
    response.on('end', () => whole.resolve(text)).on('error', whole.reject);
  });
  call.on('error', whole.reject).end();
  return { first: first.promise, whole: whole.promise };
}

// https://github.com/basecamp/kamal-proxy/issues/186
test('event streams arrive as they are written, and a drain ends each between two events', async () => {
  const streams = Array.from({ length: 20 }, listen);
  for (const { first } of streams) expect(await first).toMatch(/^id: 1\n/);
  await switchOver();
  const state = await edge.admin.drain(oldSlot, { spreadMs: 300, timeoutMs: 5_000 });
  expect(state).toEqual({ drained: true, inFlight: 0 });
  for (const { whole } of streams) {
    const text = await whole;
    expect(text).toMatch(/^(id: \d+\ndata: \{"release":"rel_1"\}\n\n)+$/);
  }
  const [counters] = await edge.admin.counters(routeId);
  expect(counters).toMatchObject({ requests: 20, errors: 0, inFlight: 0 });
});

interface Client {
  socket: WebSocket;
  messages: string[];
  closed: Promise<{ code: number; at: number }>;
}

async function openSocket(): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/socket`, { headers: { host }, perMessageDeflate: false });
  const messages: string[] = [];
  socket.on('message', (data) => messages.push(data.toString()));
  const closed = once(socket, 'close').then(([code]) => ({ code: code as number, at: performance.now() }));
  await once(socket, 'message');
  return { socket, messages, closed };
}

// kamal-proxy cuts hijacked sockets at once when a target drains.
test('1,000 WebSockets through a drain: closes are spread, proper, and every client gets back in', async () => {
  const clients: Client[] = [];
  while (clients.length < 1_000) clients.push(...(await Promise.all(Array.from({ length: 100 }, openSocket))));
  expect(clients.every(({ messages }) => messages[0] === 'hello rel_1')).toBe(true);
  await switchOver();
  expect(await edge.admin.awaitDrained(oldSlot, 0)).toEqual({ drained: false, inFlight: 1_000 });
  const reconnected = clients.map(({ closed }) => closed.then(openSocket));
  // Echoes under way while the drain runs: a frame of ours must never stand inside one of theirs.
  const chatter = setInterval(() => {
    for (const { socket } of clients) if (socket.readyState === WebSocket.OPEN) socket.send('x'.repeat(300));
  }, 700);
  const spreadMs = 3_000;
  const state = await edge.admin.drain(oldSlot, { spreadMs, timeoutMs: 20_000 });
  clearInterval(chatter);
  expect(state).toEqual({ drained: true, inFlight: 0 });
  const closes = await Promise.all(clients.map(({ closed }) => closed));
  expect(closes.filter(({ code }) => code !== 1012)).toEqual([]);
  const moments = closes.map(({ at }) => at).sort((one, other) => one - other);
  expect((moments[949] as number) - (moments[50] as number)).toBeGreaterThan(spreadMs / 3);
  const back = await Promise.all(reconnected);
  expect(back.every(({ messages }) => messages[0] === 'hello rel_2')).toBe(true);
  await eventually(() => old.lines.filter((line) => line === 'closed 1012').length).toBe(1_000);
  for (const { socket } of back) socket.terminate();
});

test('messages of any size pass both ways', async () => {
  const { socket, messages } = await openSocket();
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
    socket.send('m'.repeat(size));
    await once(socket, 'message');
    expect(messages.at(-1)).toHaveLength(size);
  }
  socket.close(4_001);
  await once(socket, 'close');
  await eventually(() => old.lines).toContain('closed 4001');
  await eventually(async () => (await edge.admin.counters(routeId))[0]?.inFlight).toBe(0);
});

test('an instance that refuses the upgrade is heard, an unknown host refused', async () => {
  const refused = new WebSocket(`ws://127.0.0.1:${edge.port}/no-socket`, { headers: { host } });
  expect(String((await once(refused, 'error'))[0])).toMatch(/400|404/);
  const unknown = new WebSocket(`ws://127.0.0.1:${edge.port}/socket`, { headers: { host: 'other.test' } });
  expect(String((await once(unknown, 'error'))[0])).toContain('404');
});
