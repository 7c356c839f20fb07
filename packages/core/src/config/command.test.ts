import fc from 'fast-check';
import { expect, test } from 'vitest';
import { command, parseCommand } from './command.ts';

test.each([
  ['npm run build', ['npm', 'run', 'build']],
  ['  node   server.js ', ['node', 'server.js']],
  [`node -e "a b" 'c d'`, ['node', '-e', 'a b', 'c d']],
  ['node --name="a b"', ['node', '--name=a b']],
  [`say "it's"`, ['say', "it's"]],
  ['say ""', ['say', '']],
  ['say a""b', ['say', 'ab']],
])('%s', (line, argv) => expect(parseCommand(line)).toEqual(argv));

test.each([
  'a && b',
  'a | b',
  'a; b',
  'a & b',
  'a > f',
  'a < f',
  'a $HOME',
  'a `b`',
  'a $(b)',
  'a *.js',
  'a ~/x',
  'a # b',
  'a\nb',
  'a "b',
  "a 'b",
  '',
  '   ',
  'NODE_ENV=production node a.js',
])('%j needs a shell or is none', (line) => {
  expect(parseCommand(line)).toBeNull();
});

test('an argv is taken as it is, whatever is in it', () => {
  expect(command.parse(['a', '$b', 'c d'])).toEqual(['a', '$b', 'c d']);
  expect(command.safeParse([]).success).toBe(false);
  expect(command.safeParse([1]).success).toBe(false);
});

test('plain words, each in quotes, come back as they were', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9 ./@:,+%^!_-]*$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      expect(parseCommand(words.map((text) => `"${text}"`).join(' '))).toEqual(words);
    }),
  );
});

test('it is an argv without shell syntax, or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      const argv = parseCommand(line);
      if (argv !== null) expect(argv.join('')).not.toMatch(/[|&;<>$`\\\n]/);
    }),
  );
});
