import { Secret } from '@kova/core/secret';
import { expect, test } from 'vitest';
import { createScrubber } from './scrubber.ts';

const value = 'sen+inel/&"1234"\\é';
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each<[string, string]>([
  ['itself', `x${value}y`],
  ['twice', `${value}${value}`],
  ['base64', base64(value)],
  ['base64 after one byte', base64(`u${value}`)],
  ['base64 after two bytes, with more behind', base64(`u:${value}:more of it`)],
  ['base64url', Buffer.from(`Basic ${value}!`).toString('base64url')],
  ['hexadecimal', Buffer.from(value).toString('hex')],
  ['a path of a URL', `https://host/${encodeURIComponent(value)}/x`],
  ['a query', new URLSearchParams({ token: value }).toString()],
  ['lower-case escapes', encodeURIComponent(value).replaceAll(/%../g, (octet) => octet.toLowerCase())],
  ['JSON', JSON.stringify({ token: value })],
  ['an attribute of XML', 'a="sen+inel/&amp;&quot;1234&quot;\\é"'],
  ['text of XML', '<b>sen+inel/&amp;"1234"\\é</b>'],
])('%s is scrubbed', (_, text) => {
  const scrubbed = createScrubber([new Secret(value)])(text);
  expect(scrubbed).toContain('[secret]');
  for (const trace of ['nel', '1234', base64('inel/').slice(0, 6)]) expect(scrubbed).not.toContain(trace);
});

test('a value of several lines is scrubbed by the line, and where it stands on one', () => {
  const key = `-----BEGIN KEY-----\n${'abcdefgh'.repeat(8)}\nshort-tail\n-----END KEY-----\n`;
  const scrub = createScrubber([new Secret(key)]);
  for (const line of key.trim().split('\n')) expect(scrub(`> ${line}`)).toBe('> [secret]');
  expect(scrub(JSON.stringify(key))).toBe('"[secret]"');
  const wrapped = base64(key).match(/.{1,76}/g) ?? [];
  expect(wrapped.length).toBeGreaterThan(1);
  for (const line of wrapped) expect(scrub(line)).toBe('[secret]');
});

test('what is no secret stays, and the longer of two secrets counts', () => {
  const scrub = createScrubber([new Secret('abcd'), new Secret('abcdefgh'), new Secret('ab')]);
  expect(scrub('ab abc abcdefgh')).toBe('ab abc [secret]');
  expect(createScrubber([])('all of it')).toBe('all of it');
});
