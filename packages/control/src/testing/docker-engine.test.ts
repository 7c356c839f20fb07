import { access } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeBase, openTestEngine, type TestEngine } from './docker-engine.ts';

let testing: TestEngine;
beforeAll(async () => {
  testing = await openTestEngine();
}, 240_000);
afterAll(() => testing?.close());

test('a container of the base image runs Node 24', async () => {
  const { engine } = testing;
  const container = await engine.createContainer({
    ...{ Image: nodeBase.name, Cmd: ['node', '--version'], Tty: true },
    HostConfig: { NetworkMode: 'none' },
  });
  await container.start();
  expect(await container.wait()).toMatchObject({ StatusCode: 0 });
  expect(String(await container.logs({ stdout: true }))).toMatch(/^v24\./);
});

test('nothing is left of it when it is closed', async () => {
  const { daemon } = testing;
  await testing.close();
  await expect(access(daemon.directory)).rejects.toMatchObject({ code: 'ENOENT' });
});
