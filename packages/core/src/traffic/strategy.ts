import { z } from 'zod';
import { duration } from '../config/values.ts';

const blueGreen = z.strictObject({ kind: z.literal('blue-green') });

const canary = z.strictObject({
  kind: z.literal('canary'),
  steps: z
    .array(z.int().min(1).max(99))
    .min(1)
    .default([5, 25, 50])
    .superRefine((steps, context) => {
      steps.forEach((weight, index) => {
        if (index > 0 && weight <= (steps[index - 1] ?? 0))
          context.addIssue({ code: 'custom', path: [index], message: 'weights must rise' });
      });
    })
    .describe('percent of new visitors on the new slot, step by step; 100 follows by itself'),
  every: duration.prefault('2m').describe('time each step must hold'),
});

/** How traffic moves from the old slot to the new. */
export const strategySchema = z.discriminatedUnion('kind', [blueGreen, canary]);

export type Strategy = z.output<typeof strategySchema>;

/** One step of a shift: the new slot's weight in percent, and how long it must hold before the next. */
export interface ShiftStep {
  weight: number;
  holdMs: number;
}

/** The steps of a shift; the last is always 100 %, and what it must hold is the stability window. */
export function shiftSteps(strategy: Strategy): ShiftStep[] {
  const last = { weight: 100, holdMs: 0 };
  if (strategy.kind === 'blue-green') return [last];
  return [...strategy.steps.map((weight) => ({ weight, holdMs: strategy.every })), last];
}
