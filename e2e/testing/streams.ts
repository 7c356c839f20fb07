import { once } from 'node:events';
import type { ShipView } from '@kova/control/api';
import { request } from 'undici';
import { expect } from 'vitest';
import WebSocket from 'ws';
import type { AppVersion } from './app.ts';
import type { TestKova } from './kova.ts';
import { Load } from './load.ts';

const host = 'production.shop.localhost';

/** What one WebSocket saw until it was closed; it comes back at once, as browsers do. */
class Listener {
  readonly heard: string[] = [];
  readonly closes: Array<{ code: number; at: number }> = [];
  readonly refused: string[] = [];
  readonly #edge: string;
  #socket!: WebSocket;
  #leaving = false;

  constructor(edge: string) {
    this.#edge = edge;
  }

  async come(): Promise<void> {
    this.#socket = new WebSocket(this.#edge.replace('http', 'ws'), { headers: { host } });
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

/** So many WebSockets and event streams through a deploy from the release `one`, which is live, to `two`. */
export async function streamThroughDeploy(
  kova: TestKova,
  shipped: (version: AppVersion) => Promise<ShipView>,
  many: number,
): Promise<void> {
  const { edge } = kova.control;
  const listeners = Array.from({ length: many }, () => new Listener(edge));
  await Promise.all(listeners.map((listener) => listener.come()));
  const streams = await Promise.all(Array.from({ length: 20 }, () => request(`${edge}/events`, { headers: { host } })));
  const told = streams.map(({ body }) => body.text());
  const load = new Load(edge, host);
  const environments = `{ production: { instances: 2, stability: '1s', standby: '1s' } }`;
  expect((await shipped({ text: 'two', environments })).state).toBe('done');
  await kova.until(
    async () => listeners,
    (all) => all.every(({ heard }) => heard.at(-1) === 'two'),
  );
  const seen = await load.stop();
  for (const listener of listeners) listener.leave();
  expectSpread(listeners);
  for (const text of await Promise.all(told)) expect(text).toMatch(/^(data: one\n\n)+$/);
  expect(seen.dropped).toEqual([]);
}

function expectSpread(listeners: readonly Listener[]): void {
  const many = listeners.length;
  expect(listeners.flatMap(({ refused }) => refused)).toEqual([]);
  expect(listeners.flatMap(({ closes }) => closes.map(({ code }) => code))).toEqual(Array(many).fill(1012));
  expect(listeners.map(({ heard }) => heard.join())).toEqual(Array(many).fill('one,two'));
  const times = listeners.map(({ closes }) => closes[0]?.at ?? 0).sort((a, b) => a - b);
  const busiest = Math.max(...times.map((at) => times.filter((other) => other >= at && other < at + 500).length));
  expect(busiest).toBeLessThan(many / 3);
}
