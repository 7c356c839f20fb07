import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EnvironmentUse, retained } from './retention.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const names = fc.uniqueArray(name);
const environment: fc.Arbitrary<EnvironmentUse> = fc.record({
  inUse: names,
  live: fc.option(name),
  healthy: names,
});

test('what is in use, live, or the newest of any environment to roll back to is never removed', () => {
  fc.assert(
    fc.property(fc.array(environment), fc.integer({ min: 2, max: 5 }), (environments, keep) => {
      const kept = retained(environments, keep);
      for (const { inUse, live, healthy } of environments) {
        for (const release of [...inUse, ...(live ? [live] : [])]) expect(kept).toContain(release);
        for (const release of healthy.filter((each) => each !== live).slice(0, keep)) expect(kept).toContain(release);
      }
    }),
  );
});

test('what no environment would go back to is removed', () => {
  const production = { inUse: ['e'], live: 'e', healthy: ['e', 'd', 'c', 'b', 'a'] };
  expect([...retained([production], 2)].sort()).toEqual(['c', 'd', 'e']);
});

// https://github.com/basecamp/kamal/pull/1922
test("pruning for one environment keeps another's rollback target", () => {
  const staging = { inUse: [], live: 'e', healthy: ['e', 'd', 'c', 'b', 'a'] };
  const production = { inUse: [], live: 'b', healthy: ['b', 'a'] };
  expect([...retained([staging, production], 2)].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
});
