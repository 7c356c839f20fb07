import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Retainable, retained } from './retention.ts';

const release = fc.record({
  release: fc.uuid(),
  artefact: fc.string(),
  inUse: fc.boolean(),
  newerHealthy: fc.dictionary(fc.constantFrom('staging', 'production'), fc.nat(10)),
});

test('what is in use, and the newest healthy release of every environment, is never removed', () => {
  fc.assert(
    fc.property(fc.array(release), fc.integer({ min: 1, max: 5 }), (releases: Retainable[], keep) => {
      const kept = retained(releases, keep);
      for (const { release: id, inUse, newerHealthy } of releases) {
        if (inUse || Object.values(newerHealthy).includes(0)) expect(kept).toContain(id);
      }
    }),
  );
});

// https://github.com/basecamp/kamal/pull/1922
test("pruning for one environment keeps another's rollback target", () => {
  const old = { release: 'old', artefact: 'a', inUse: false, newerHealthy: { staging: 9, production: 1 } };
  expect(retained([old], 3)).toContain('old');
  expect(retained([{ ...old, newerHealthy: { staging: 9, production: 3 } }], 3)).not.toContain('old');
});
