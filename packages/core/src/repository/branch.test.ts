import { expect, test } from 'vitest';
import { isBranch, matchesBranch } from './branch.ts';

test.each(['main', 'feature/a', 'v1.2', 'a@b', 'dépôt'])('%j is a branch', (name) => expect(isBranch(name)).toBe(true));

test.each([
  ...[
    '',
    '@',
    '-d',
    '--upload-pack=x',
    '/a',
    'a/',
    'a..b',
    'a b',
    'a\nb',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
  ],
  ...['a@{1}', 'a.lock', 'a.lock/b', '.a', 'a/.b', 'a.', 'a//b', 'x'.repeat(201)],
])('%j is none', (name) => expect(isBranch(name)).toBe(false));

test.each([
  [['main'], 'main', true],
  [['main'], 'maintenance', false],
  [['*'], 'any/thing', true],
  [['feature/*'], 'feature/a/b', true],
  [['feature/*'], 'feature', false],
  [['a*b'], 'ab', true],
  [['ab*b'], 'ab', false],
  [['a*b*c'], 'a-b-c', true],
  [['a*b*bc'], 'abc', false],
  [[], 'main', false],
])('%j stands for %s: %s', (patterns, branch, wanted) => expect(matchesBranch(patterns, branch)).toBe(wanted));
