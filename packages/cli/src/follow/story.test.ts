import type { ServerResponse } from 'node:http';
import type { StreamEvent } from '@kova/control/api';
import { expect, test } from 'vitest';
import { createClient } from '../api/client.ts';
import { serve } from '../testing/kova.ts';
import { story } from './story.ts';

const job = (text: string) => ({ type: 'job', job: text, state: 'passed' });
const phase = (name: string) => ({ type: 'phase', deployment: 'dep_1', environment: 'e', phase: name, reason: '' });
const end = { type: 'ship', ship: { state: 'done' } };

function send(response: ServerResponse, ...events: object[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
}

const tell = (url: string, signal = new AbortController().signal) =>
  story(createClient(new URL(url), null), '/events', signal);

test('when the control plane goes away in the midst, each event is told once all the same', async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked += 1;
    if (asked === 1) {
      send(response, job('a'), phase('queued'), job('b'));
      setTimeout(() => response.destroy(), 50);
    } else if (asked === 2) {
      response.writeHead(503).end(JSON.stringify({ code: 'STORE_UNAVAILABLE', message: 'wait', next: 'wait' }));
    } else {
      send(response, job('a'), job('b'), job('c'), phase('queued'), phase('preparing'), end);
      response.end();
    }
  });
  const events: StreamEvent[] = await Array.fromAsync(tell(url));
  expect(events).toEqual([job('a'), phase('queued'), job('b'), job('c'), phase('preparing'), end]);
  expect(asked).toBe(3);
});

test('what the API refuses is not asked again', async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked += 1;
    response.writeHead(404).end(JSON.stringify({ code: 'NOT_FOUND', message: 'there is no ship', next: 'look' }));
  });
  await expect(Array.fromAsync(tell(url))).rejects.toMatchObject({ code: 'NOT_FOUND', next: 'look' });
  expect(asked).toBe(1);
});

test('the signal ends it without an error', async () => {
  const url = await serve((_, response) => send(response, job('a')));
  const leave = new AbortController();
  const events: StreamEvent[] = [];
  for await (const event of tell(url, leave.signal)) {
    events.push(event);
    leave.abort();
  }
  expect(events).toEqual([job('a')]);
});
