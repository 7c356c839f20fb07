import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import { afterAll, expect, test } from 'vitest';
import { openSeal } from './seal.ts';

const keys = mkdtempSync(join(tmpdir(), 'kova-seal-'));
const others = mkdtempSync(join(tmpdir(), 'kova-seal-'));
afterAll(() => {
  for (const directory of [keys, others]) rmSync(directory, { recursive: true });
});

test('what is sealed opens again with the key of the home, after a restart too', async () => {
  const sealed = (await openSeal(keys)).close(new Secret('s3cret — ü'), 'a');
  expect(sealed).not.toContain('s3cret');
  expect((await openSeal(keys)).open(sealed, 'a').reveal()).toBe('s3cret — ü');
  expect(statSync(join(keys, 'seal-key')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(keys, 'seal-key'), 'utf8')).not.toContain('s3cret');
});

test('the same secret is sealed differently each time', async () => {
  const seal = await openSeal(keys);
  expect(seal.close(new Secret('same'), 'a')).not.toBe(seal.close(new Secret('same'), 'a'));
});

test('it opens for nothing else, with no other key, and not when a bit of it was changed', async () => {
  const seal = await openSeal(keys);
  const sealed = seal.close(new Secret('mine'), 'repositories/shop/token');
  const code = (open: () => unknown) => {
    try {
      return open();
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code(() => seal.open(sealed, 'repositories/other/token'))).toBe('SEAL_UNREADABLE');
  const other = await openSeal(others);
  expect(code(() => other.open(sealed, 'repositories/shop/token'))).toBe('SEAL_UNREADABLE');
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  bytes[14]! ^= 1;
  expect(code(() => seal.open(`v1.${bytes.toString('base64url')}`, 'repositories/shop/token'))).toBe('SEAL_UNREADABLE');
  for (const odd of ['', 'v1.', 'v2.abc', 'mine']) expect(code(() => seal.open(odd, 'a'))).toBe('SEAL_UNREADABLE');
});
