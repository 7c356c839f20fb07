import { expect, test } from 'vitest';
import { concealed, Secret, scrub } from './secret.ts';

test('a secret cannot print', () => {
  const secret = new Secret('hunter2-hunter2');
  const ways = [`${secret}`, String(secret), JSON.stringify({ secret }), JSON.stringify(Object.entries(secret))];
  for (const text of ways) expect(text).not.toContain('hunter2');
});

test('known values are scrubbed, the longest first', () => {
  const text = scrub('url postgres://app:abcdefgh@x and abcd', [new Secret('abcd'), new Secret('abcdefgh')]);
  expect(text).toBe('url postgres://app:[secret]@x and [secret]');
});

test('a variable is secret by its name, or by a password in its address', () => {
  const secret = { API_TOKEN: 'x', STRIPE_SECRET: 'x', SIGNING_KEY: 'x', CACHE: 'redis://:hunter2@127.0.0.1:6379' };
  for (const [name, value] of Object.entries(secret)) expect(concealed(name, value)).toBeInstanceOf(Secret);
  const plain = { NODE_ENV: 'production', KEYBOARD: 'de', HOST: 'https://shop.example/@ada' };
  for (const [name, value] of Object.entries(plain)) expect(concealed(name, value)).toBe(value);
});
