import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Candidate, chooseRollbackTarget, mayPromote } from './decide.ts';

const candidate = fc.record({
  release: fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5'),
  commit: fc.constantFrom('a', 'b', 'c'),
  configCommit: fc.constantFrom('a', null),
  health: fc.constantFrom('healthy' as const, 'degraded' as const, 'failed' as const, null),
  schema: fc.option(fc.record({ from: fc.nat(3), to: fc.nat(6) })),
});

const current = { release: 'r1', configCommit: null };

test('a rollback target is always healthy, capable, not held and not what is current', () => {
  fc.assert(
    fc.property(fc.array(candidate), fc.nat(6), fc.subarray(['a', 'b', 'c']), (history, version, held) => {
      const { target } = chooseRollbackTarget(history, current, version, new Set(held));
      if (!target) return;
      expect(target.health).toBe('healthy');
      expect(target).not.toMatchObject(current);
      expect(held).not.toContain(target.configCommit ?? target.commit);
      if (target.schema) {
        expect(target.schema.from).toBeLessThanOrEqual(version);
        expect(target.schema.to).toBeGreaterThanOrEqual(version);
      }
    }),
  );
});

const healthy = (release: string, schema: Candidate['schema'] = null): Candidate => ({
  release,
  commit: release,
  configCommit: null,
  health: 'healthy',
  schema,
});

test('the newest healthy release is chosen, without an argument', () => {
  const history = [healthy('r3'), { ...healthy('r2'), health: 'failed' as const }, healthy('r1')];
  expect(chooseRollbackTarget(history, { ...current, release: 'r3' }, null, new Set()).target?.release).toBe('r1');
});

test('of one release with two configurations, the one before is gone back to', () => {
  const before = healthy('r1');
  const history = [{ ...before, configCommit: 'b' }, before];
  expect(chooseRollbackTarget(history, { release: 'r1', configCommit: 'b' }, null, new Set()).target).toBe(before);
});

test('says why there is no target', () => {
  expect(chooseRollbackTarget([healthy('r1')], current, null, new Set()).reason).toBe(
    'no earlier release was live here',
  );
  const old = healthy('r0', { from: 1, to: 2 });
  expect(chooseRollbackTarget([healthy('r1'), old], current, 4, new Set()).reason).toBe(
    'no healthy release can run on schema version 4',
  );
});

test('a release is promoted when it held in the environment before', () => {
  expect(mayPromote('healthy', 'staging').outcome).toBe('pass');
  expect(mayPromote(null, 'staging')).toEqual({ outcome: 'inconclusive', reason: 'it has not settled in staging' });
  expect(mayPromote('failed', 'staging').outcome).toBe('fail');
});
