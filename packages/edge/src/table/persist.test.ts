import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { cleanUp, routeOf, temporaryDirectory } from '../testing/harness.ts';
import { saveTable } from './persist.ts';

afterEach(cleanUp);

// What a reader sees at any moment is what a crash at that moment would leave.
test('at every moment the file on disk is a whole table', async () => {
  const path = join(await temporaryDirectory(), 'routes.json');
  const hosts = Array.from({ length: 20_000 }, (_, index) => `host-${index}.shop.test`);
  await saveTable(path, { format: 1, routes: [], removed: {} });
  let writing = true;
  const seen = new Set<number>();
  const reading = (async () => {
    while (writing) seen.add(JSON.parse(await readFile(path, 'utf8')).routes[0]?.version ?? -1);
  })();
  for (let version = 1; version <= 40; version++) {
    await saveTable(path, { format: 1, routes: [routeOf(version, [], { hosts })], removed: {} });
  }
  writing = false;
  await reading;
  expect(seen.size).toBeGreaterThan(3);
});
