import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directoryWith } from '../testing/directory.ts';
import { kovaCheck } from '../testing/kova-check.ts';
import { bundledChromium } from './bundled.ts';
import { findChromium } from './find.ts';
import { launchChromium } from './launch.ts';

const isSupported = process.platform === 'linux' && process.arch === 'x64';

test.runIf(isSupported)('the Chromium that comes along is unpacked once by several at once, and runs', async () => {
  const cache = join(directoryWith({}), "it's a cache");
  const found = await Promise.all([bundledChromium({}, cache), bundledChromium({}, cache)]);
  expect(found[0]).toBe(found[1]);
  expect(readdirSync(cache)).toHaveLength(1);
  const browser = await launchChromium(found[0]!, { PATH: '/nowhere' });
  const devTools = `http://127.0.0.1:${browser.port}/json`;
  try {
    await fetch(`${devTools}/new?data:text/html,<title>hello</title>`, { method: 'PUT' });
    const titles = async () =>
      ((await (await fetch(`${devTools}/list`)).json()) as { title: string }[]).map(({ title }) => title);
    await expect.poll(titles, { timeout: 30_000 }).toContain('hello');
  } finally {
    await browser.close();
  }
});

test('CHROME_PATH comes before the PATH', async () => {
  const cwd = directoryWith({});
  const env = { CHROME_PATH: process.execPath };
  expect(await kovaCheck(['browser'], { cwd, env })).toMatchObject({ code: 0, out: `${process.execPath}\n` });
});

test.runIf(isSupported)('without any on the PATH the one that comes along is taken', async () => {
  const cache = join(directoryWith({}), 'c');
  expect(await findChromium({ PATH: '/nowhere' }, cache)).toMatch(new RegExp(`^${cache}/chromium-[\\d.]+/chromium$`));
});
