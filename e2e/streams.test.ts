import { once } from 'node:events';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  await kova.shipped({ text: 'one' });
});
afterAll(() => kova.close());

const host = 'production.shop.localhost';
const many = 300;

/** What one WebSocket saw until it was closed; it comes back at once, as browsers do. */
class Listener {
  readonly heard: string[] = [];
  readonly closes: Array<{ code: number; at: number }> = [];
  readonly refused: string[] = [];
  #socket!: WebSocket;
  #leaving = false;

  async come(): Promise<void> {
    this.#socket = new WebSocket(kova.control.edge.replace('http', 'ws'), { headers: { host } });
    this.#socket.on('message', (text) => this.heard.push(String(text)));
    this.#socket.on('error', (error) => this.refused.push(error.message));
    this.#socket.on('close', (code) => {
      if (this.#leaving) return;
      this.closes.push({ code, at: performance.now() });
      void this.come();
    });
    await once(this.#socket, 'open');
  }

  leave(): void {
    this.#leaving = true;
    this.#socket.terminate();
  }
}

// https://github.com/basecamp/kamal-proxy/issues/186
test('hundreds of WebSockets and event streams through a deploy: none refused, none cut, closes spread', async () => {
  const listeners = Array.from({ length: many }, () => new Listener());
  await Promise.all(listeners.map((listener) => listener.come()));
  const streams = await Promise.all(
    Array.from({ length: 20 }, () => request(`${kova.control.edge}/events`, { headers: { host } })),
  );
  const told = streams.map(({ body }) => body.text());
  const load = new Load(kova.control.edge, host);
  const environments = `{ production: { instances: 2, stability: '1s', standby: '1s' } }`;
  expect((await kova.shipped({ text: 'two', environments })).state).toBe('done');
  await kova.until(
    async () => listeners,
    (all) => all.every(({ heard }) => heard.at(-1) === 'two'),
  );
  const seen = await load.stop();
  for (const listener of listeners) listener.leave();
  expect(listeners.flatMap(({ refused }) => refused)).toEqual([]);
  expect(listeners.flatMap(({ closes }) => closes.map(({ code }) => code))).toEqual(Array(many).fill(1012));
  expect(listeners.map(({ heard }) => heard.join())).toEqual(Array(many).fill('one,two'));
  const times = listeners.map(({ closes }) => closes[0]!.at).sort((a, b) => a - b);
  const busiest = Math.max(...times.map((at) => times.filter((other) => other >= at && other < at + 500).length));
  expect(busiest).toBeLessThan(many / 3);
  for (const text of await Promise.all(told)) expect(text).toMatch(/^(data: one\n\n)+$/);
  expect(seen.dropped).toEqual([]);
});
