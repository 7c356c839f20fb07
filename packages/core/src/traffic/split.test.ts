import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitTo } from './split.ts';
import { shiftSteps, strategySchema } from './strategy.ts';

test('weights always sum to 100', () => {
  const colours = fc.constantFrom('blue' as const, 'green' as const);
  fc.assert(
    fc.property(colours, fc.double({ noNaN: true }), fc.boolean(), (colour, weight, otherServes) => {
      const split = splitTo(colour, weight, otherServes);
      expect(split.blue + split.green).toBe(100);
      expect(Math.min(split.blue, split.green)).toBeGreaterThanOrEqual(0);
      if (!otherServes) expect(split[colour]).toBe(100);
    }),
  );
});

test('every strategy ends with all traffic on the new slot, and never goes back on the way', () => {
  const steps = fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1 })
    .map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(steps, (weights) => {
      const plan = shiftSteps(strategySchema.parse({ kind: 'canary', steps: weights, every: '1s' }));
      expect(plan.at(-1)?.weight).toBe(100);
      for (const [index, step] of plan.entries()) expect(step.weight).toBeGreaterThan(plan[index - 1]?.weight ?? 0);
    }),
  );
});
