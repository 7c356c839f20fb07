import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { lazyApp, lazyPages } from './testing/lazy-app.ts';

const executablePath = findChromium();
// KOVA_TEST_STRICT: where all tools ought to be there, their absence is a failure.
const canBrowse = executablePath !== null || process.env.KOVA_TEST_STRICT !== undefined;

let kova: TestKova;
let browser: Browser;
beforeAll(async () => {
  if (!canBrowse) return;
  kova = await TestKova.start();
  browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await kova?.close();
});

// Scenario 19: https://github.com/sourcebot-dev/sourcebot/pull/1346
test.skipIf(!canBrowse)(
  'a tab that was opened before five releases still opens pages that it has not loaded yet',
  async () => {
    const tab = await opened('zero', { keepsAssets: true });
    for (const [index, name] of lazyPages.entries()) {
      await shipped(`release ${index + 1}`, { keepsAssets: true });
      expect(await visited(tab, name)).toBe(`${name} of zero`);
    }
    expect(await tab.evaluate('window.opened')).toBe('before');
    expect(await tab.title()).toBe('zero');
    await tab.reload();
    expect(await tab.title()).toBe('release 5');
    expect(await visited(tab, lazyPages[0]!)).toBe(`${lazyPages[0]} of release 5`);
  },
  300_000,
);

test.skipIf(!canBrowse)('without the assets of earlier releases such a tab is broken by the next one', async () => {
  const tab = await opened('bare', { keepsAssets: false });
  expect(await visited(tab, 'cart')).toBe('cart of bare');
  await shipped('bare 1', { keepsAssets: false });
  expect(await visited(tab, 'search')).toMatch(/^broken: Failed to fetch dynamically imported module/);
});

async function shipped(text: string, assets: { keepsAssets: boolean }): Promise<void> {
  expect(await kova.shipped(lazyApp(text, assets))).toMatchObject({ state: 'done', deployments: [{ phase: 'live' }] });
}

/** A tab on a release that was just shipped, marked so that a reload would show. */
async function opened(text: string, assets: { keepsAssets: boolean }): Promise<Page> {
  await shipped(text, assets);
  const tab = await browser.newPage();
  await tab.goto(`http://production.shop.localhost:${new URL(kova.control.edge).port}/`);
  await tab.locator('main', { hasText: 'ready' }).waitFor();
  await tab.evaluate("window.opened = 'before'");
  return tab;
}

/** What the page of a link says after a click. */
async function visited(tab: Page, name: string): Promise<string | null> {
  await tab.click(`a[data-page=${name}]`);
  await tab.waitForURL(`**/${name}`);
  return tab.locator('main').textContent();
}

function findChromium(): string | null {
  if (process.env.CHROME_PATH) return process.env.CHROME_PATH;
  const places = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, 'chromium'));
  return places.find((path) => existsSync(path)) ?? null;
}
