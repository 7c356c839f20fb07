import { expect, test } from 'vitest';
import { Secret, scrub } from './secret.ts';

test('a secret cannot print', () => {
  const secret = new Secret('hunter2-hunter2');
  const ways = [`${secret}`, String(secret), JSON.stringify({ secret }), JSON.stringify(Object.entries(secret))];
  for (const text of ways) expect(text).not.toContain('hunter2');
});

test('known values are scrubbed, the longest first', () => {
  const text = scrub('url postgres://app:abcdefgh@x and abcd', [new Secret('abcd'), new Secret('abcdefgh')]);
  expect(text).toBe('url postgres://app:[secret]@x and [secret]');
});
