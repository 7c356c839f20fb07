import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import { expect, test } from 'vitest';
import { makeHome } from '../testing/home.ts';
import { createSeal } from './seal.ts';
import { sealKey } from './seal-key.ts';

const seal = createSeal(new Secret('the key of a home'));
const text = new Secret('sentinel é\nof two lines');

test('what is sealed is opened again with the same key and context', () => {
  const sealed = seal.seal(text, 'shop/NPM_TOKEN');
  expect(sealed).not.toContain('sentinel');
  expect(seal.open(sealed, 'shop/NPM_TOKEN').reveal()).toBe(text.reveal());
});

test('the same text is never sealed the same way twice', () => {
  expect(seal.seal(text, 'shop/A')).not.toBe(seal.seal(text, 'shop/A'));
});

const flipped = (sealed: string, at: number) => {
  const bytes = Buffer.from(sealed.slice(3), 'base64url');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return `v1.${bytes.toString('base64url')}`;
};

test.each<[string, (sealed: string) => Secret]>([
  ['another context', (sealed) => seal.open(sealed, 'other/NPM_TOKEN')],
  ['another key', (sealed) => createSeal(new Secret('of another home')).open(sealed, 'shop/NPM_TOKEN')],
  ['a changed nonce', (sealed) => seal.open(flipped(sealed, 0), 'shop/NPM_TOKEN')],
  ['a changed tag', (sealed) => seal.open(flipped(sealed, 13), 'shop/NPM_TOKEN')],
  ['a changed text', (sealed) => seal.open(flipped(sealed, 30), 'shop/NPM_TOKEN')],
  ['a part of it', (sealed) => seal.open(sealed.slice(0, 20), 'shop/NPM_TOKEN')],
  ['another format', (sealed) => seal.open(sealed.replace('v1', 'v2'), 'shop/NPM_TOKEN')],
])('%s does not open it', (_, open) => {
  const thrown = () => open(seal.seal(text, 'shop/NPM_TOKEN'));
  expect(thrown).toThrow(expect.objectContaining({ code: 'SECRET_UNREADABLE' }));
  expect(thrown).not.toThrow(/sentinel/);
});

test('the key is made once, readable by its owner alone; one that is given takes its place unless it is short', async () => {
  const { home, remove } = await makeHome();
  await mkdir(home.keys, { recursive: true });
  const made = (await sealKey(home.keys, {})).reveal();
  expect(made).toHaveLength(43);
  expect((await sealKey(home.keys, {})).reveal()).toBe(made);
  expect((await stat(join(home.keys, 'seal-key'))).mode & 0o777).toBe(0o600);
  const given = 'x'.repeat(32);
  expect((await sealKey(home.keys, { KOVA_SEAL_KEY: given })).reveal()).toBe(given);
  await expect(sealKey(home.keys, { KOVA_SEAL_KEY: 'short' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await remove();
});
