import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkEngine } from './engine.ts';

let directory: string;
let server: Server | null = null;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kova-doctor-'));
});
afterEach(async () => {
  server?.close();
  await rm(directory, { recursive: true, force: true });
});

test('an engine that answers is named with its version', async () => {
  const socket = join(directory, 'engine.sock');
  server = createServer((_, answer) => answer.end('{"Version":"20.10.24","Os":"linux","Arch":"amd64"}'));
  await once(server.listen(socket), 'listening');
  expect(await checkEngine({ DOCKER_HOST: `unix://${socket}` })).toMatchObject({
    ok: true,
    found: `Docker 20.10.24 for linux/amd64 answers at ${socket}`,
  });
});

test('one that is asked for and does not answer is not well', async () => {
  expect(await checkEngine({ DOCKER_HOST: `unix://${directory}/none.sock` })).toMatchObject({ ok: false });
  expect(await checkEngine({ DOCKER_HOST: 'tcp://192.0.2.1:2376' })).toMatchObject({
    ok: false,
    found: 'DOCKER_HOST is tcp://192.0.2.1:2376, which is not the socket of an engine on this machine',
  });
});
