import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTerminal, type Phase, phases } from './phase.ts';
import { next, type PhaseEvent, transitions } from './transitions.ts';

const events = [...new Set(Object.values(transitions).flatMap((row) => Object.keys(row)))] as PhaseEvent[];

function enabled(phase: Phase): PhaseEvent[] {
  return events.filter((event) => next(phase, event) !== null);
}

test('terminal phases are final and the others are not', () => {
  for (const phase of phases) expect(enabled(phase).length === 0, phase).toBe(isTerminal(phase));
});

test('from any phase, any sequence of events ends in exactly one terminal phase', () => {
  const choices = fc.array(fc.nat(), { minLength: phases.length, maxLength: phases.length });
  fc.assert(
    fc.property(fc.constantFrom(...phases), choices, (start, picks) => {
      const visited: Phase[] = [start];
      for (const pick of picks) {
        const phase = visited.at(-1)!;
        const possible = enabled(phase);
        if (possible.length > 0) visited.push(next(phase, possible[pick % possible.length]!)!);
      }
      expect(new Set(visited).size).toBe(visited.length);
      expect(visited.filter(isTerminal)).toHaveLength(1);
      expect(isTerminal(visited.at(-1)!)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('an event that does not apply changes nothing', () => {
  expect(next('rolled-back', 'held')).toBeNull();
  expect(next('queued', 'held')).toBeNull();
});

test('once users may be on it, a failure goes through reverting', () => {
  for (const phase of ['shifting', 'stabilizing'] as const) {
    for (const event of ['fail', 'breach', 'cancel'] as const) expect(next(phase, event)).toBe('reverting');
  }
});
