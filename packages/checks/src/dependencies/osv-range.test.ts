import { expect, test } from 'vitest';
import { isAffected, rangeText } from './osv-range.ts';

const semver = (...events: object[]) => [{ type: 'SEMVER', events }];

test.each([
  ['before what was introduced', '0.9.9', [{ introduced: '1.0.0' }, { fixed: '1.2.6' }], false],
  ['where it was introduced', '1.0.0', [{ introduced: '1.0.0' }, { fixed: '1.2.6' }], true],
  ['where it was fixed', '1.2.6', [{ introduced: '1.0.0' }, { fixed: '1.2.6' }], false],
  ['a prerelease of the fix', '1.2.6-rc.1', [{ introduced: '1.0.0' }, { fixed: '1.2.6' }], true],
  ['10 is after 9, whatever the letters say', '1.10.0', [{ introduced: '0' }, { fixed: '1.9.0' }], false],
  ['the last affected', '1.2.5', [{ introduced: '0' }, { last_affected: '1.2.5' }], true],
  ['after the last affected', '1.2.6', [{ introduced: '0' }, { last_affected: '1.2.5' }], false],
  ['one version only', '2.0.0', [{ introduced: '2.0.0' }, { last_affected: '2.0.0' }], true],
  ['after the one version', '2.0.1', [{ introduced: '2.0.0' }, { last_affected: '2.0.0' }], false],
  ['0 is before every prerelease', '0.0.0-alpha', [{ introduced: '0' }], true],
  [
    'introduced again',
    '3.1.0',
    [{ introduced: '0' }, { fixed: '2.0.0' }, { introduced: '3.0.0' }, { fixed: '3.2.0' }],
    true,
  ],
  ['between', '2.5.0', [{ introduced: '0' }, { fixed: '2.0.0' }, { introduced: '3.0.0' }, { fixed: '3.2.0' }], false],
  ['in any order', '1.1.0', [{ fixed: '1.2.6' }, { introduced: '1.0.0' }], true],
])('%s', (_, version, events, expected) => {
  expect(isAffected(version, { ranges: semver(...events), versions: [] })).toBe(expected);
});

test('versions that are named count, ranges of commits do not', () => {
  const affected = { versions: ['1.0.0'], ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] };
  expect(isAffected('1.0.0', affected)).toBe(true);
  expect(isAffected('1.0.1', affected)).toBe(false);
});

test('a range is told as npm tells it', () => {
  const events = [{ introduced: '1.0.0' }, { fixed: '1.2.6' }, { introduced: '0' }, { fixed: '0.2.4' }];
  expect(rangeText({ ranges: semver(...events), versions: [] })).toBe('<0.2.4 || >=1.0.0 <1.2.6');
  expect(rangeText({ ranges: semver({ introduced: '0' }), versions: [] })).toBe('*');
});
