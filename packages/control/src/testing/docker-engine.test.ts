import { access } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeBase, openTestEngine, type TestEngine } from './docker-engine.ts';

let testing: TestEngine;
beforeAll(async () => {
  testing = await openTestEngine();
}, 240_000);
afterAll(() => testing?.close());

test('a container of the base image runs Node 24', async () => {
  expect(await versionIn(testing)).toMatch(/^v24\./);
});

test('what another engine does to an image that both began with is not seen here', async () => {
  const other = await openTestEngine();
  try {
    const image = other.engine.getImage(nodeBase.name);
    const here = testing.engine.getImage(nodeBase.name);
    expect((await image.inspect()).Id).toBe((await here.inspect()).Id);
    await image.remove();
  } finally {
    await other.close();
  }
  expect(await versionIn(testing)).toMatch(/^v24\./);
}, 60_000);

test('nothing is left of it when it is closed', async () => {
  const { daemon } = testing;
  await testing.close();
  await expect(access(daemon.directory)).rejects.toMatchObject({ code: 'ENOENT' });
});

async function versionIn({ engine }: TestEngine): Promise<string> {
  const container = await engine.createContainer({
    ...{ Image: nodeBase.name, Cmd: ['node', '--version'], Tty: true },
    HostConfig: { NetworkMode: 'none' },
  });
  await container.start();
  expect(await container.wait()).toMatchObject({ StatusCode: 0 });
  return String(await container.logs({ stdout: true }));
}
