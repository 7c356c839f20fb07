import { latencyBoundsMs, type SlotCounters } from '@kova/core/traffic/slot-counters';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CounterSums } from './counter-sums.ts';

function counted(requests: number, more: Partial<SlotCounters> = {}): SlotCounters {
  const latency = [requests, ...latencyBoundsMs.map(() => 0)];
  const base = { slot: 'shop/production/blue', release: 'rel_1', epoch: 'first', errors: 0, inFlight: 1 };
  return { ...base, requests, latency, unhealthyInstances: [], ...more };
}

const told = (edges: Record<string, SlotCounters[]>) => new Map(Object.entries(edges));

test('what several edges have counted is one sum', () => {
  const sums = new CounterSums();
  const [sum] = sums.add(told({ a: [counted(10, { errors: 1 })], b: [counted(5, { errors: 2 })] }));
  expect(sum).toMatchObject({ requests: 15, errors: 3, inFlight: 2 });
  expect(sum?.latency[0]).toBe(15);
});

test('an edge that is lost takes nothing away, and counts on where it was when it is back', () => {
  const sums = new CounterSums();
  const [first] = sums.add(told({ a: [counted(10)], b: [counted(5)] }));
  const [lost] = sums.add(told({ a: [counted(11)] }));
  const [back] = sums.add(told({ a: [counted(11)], b: [counted(8)] }));
  expect([first, lost, back].map((each) => each?.requests)).toEqual([15, 16, 19]);
  expect(new Set([first, lost, back].map((each) => each?.epoch)).size).toBe(1);
});

test('an edge that begins at zero again adds what it counts from there', () => {
  const sums = new CounterSums();
  sums.add(told({ a: [counted(10)], b: [counted(5)] }));
  const [sum] = sums.add(told({ a: [counted(10)], b: [counted(2, { epoch: 'second' })] }));
  expect(sum?.requests).toBe(17);
});

test('another release in the slot begins a sum of its own', () => {
  const sums = new CounterSums();
  const [before] = sums.add(told({ a: [counted(10)] }));
  const [after] = sums.add(told({ a: [counted(1, { release: 'rel_2', epoch: 'second' })] }));
  expect(after?.requests).toBe(1);
  expect(after?.epoch).not.toBe(before?.epoch);
});

test('an instance that a single edge cannot reach is not what ails the release', () => {
  const ill = (...unhealthyInstances: string[]) => [counted(1, { unhealthyInstances })];
  const [sum] = new CounterSums().add(told({ a: ill('one', 'two'), b: ill('two') }));
  expect(sum?.unhealthyInstances).toEqual(['two']);
});

test('sums never go backwards, whichever edges come, go and begin again', () => {
  const step = fc.record({ edge: fc.constantFrom('a', 'b', 'c'), requests: fc.nat(50), restarts: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 3 })), (rounds) => {
      const sums = new CounterSums();
      const state = new Map<string, SlotCounters>();
      let last = 0;
      for (const [at, round] of rounds.entries()) {
        const living = new Map<string, SlotCounters[]>();
        for (const { edge, requests, restarts } of round) {
          const before = restarts ? undefined : state.get(edge);
          const now = counted((before?.requests ?? 0) + requests, { epoch: before?.epoch ?? `${edge} ${at}` });
          state.set(edge, now);
          living.set(edge, [now]);
        }
        const [sum] = sums.add(living);
        expect(sum?.requests).toBeGreaterThanOrEqual(last);
        expect(sum?.latency[0]).toBe(sum?.requests);
        last = sum?.requests ?? 0;
      }
    }),
  );
});
