import { expect, test } from 'vitest';
import { remember } from './remember.ts';

test('what was found is not looked for again, unless others were asked for since', async () => {
  const known = remember<{ of: string }>(2);
  const looked: string[] = [];
  const ask = (key: string) =>
    known(key, async () => {
      looked.push(key);
      return { of: key };
    });
  expect(await ask('a')).toBe(await ask('a'));
  for (const key of ['b', 'a', 'c', 'a', 'b']) expect(await ask(key)).toEqual({ of: key });
  expect(looked).toEqual(['a', 'b', 'c', 'b']);
});

test('what could not be found is looked for again', async () => {
  const known = remember<object>(2);
  await expect(known('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await known('a', async () => ({ there: true }))).toEqual({ there: true });
});
