import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome } from '../testing/home.ts';
import { appIdentities } from './app-identities.ts';
import type { Home } from './home.ts';

let home: Home;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ home, remove } = await makeHome());
});
afterEach(() => remove());

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)('each environment has a number of its own, the same one after a restart', () => {
  const identityOf = appIdentities(home.keys, {});
  const ids = [identityOf('shop', 'production'), identityOf('shop', 'staging'), identityOf('blog', 'production')];
  expect(new Set(ids.map((id) => id!.uid)).size).toBe(3);
  for (const { uid, gid } of ids.map((id) => id!)) {
    expect(gid).toBe(uid);
    expect(readFileSync('/etc/passwd', 'utf8')).not.toContain(`:${uid}:`);
  }
  const again = appIdentities(home.keys, {});
  expect(again('blog', 'production')).toEqual(ids[2]);
  expect(again('news', 'production')!.uid).not.toBe(ids[2]!.uid);
});

test.skipIf(!isRoot)('a record that cannot be understood is not written anew: files belong to its numbers', () => {
  const file = join(home.keys, 'app-ids.json');
  writeFileSync(file, '{"shop/prod');
  expect(() => appIdentities(home.keys, {})).toThrow('app-ids.json cannot be understood');
  expect(readFileSync(file, 'utf8')).toBe('{"shop/prod');
});

test.skipIf(!isRoot)('KOVA_APP_USER gives all of them one user', () => {
  const identityOf = appIdentities(home.keys, { KOVA_APP_USER: 'nobody' });
  expect(identityOf('shop', 'production')).toMatchObject({ name: 'nobody' });
  expect(identityOf('blog', 'production')).toEqual(identityOf('shop', 'production'));
});
