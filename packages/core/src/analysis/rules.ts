import { z } from 'zod';
import { duration } from '../config/values.ts';

const sustained = { for: duration };

const errorRate = z.strictObject({
  signal: z.literal('error-rate'),
  above: z.number().min(0).max(1).describe('share of requests answered 5xx or not at all'),
  ...sustained,
});
const latency = z.strictObject({ signal: z.literal('p95'), aboveMs: z.number().positive(), ...sustained });
const againstBaseline = z.strictObject({
  signal: z.literal('p95-vs-baseline'),
  factor: z.number().min(1),
  floorMs: z.number().min(0).default(200).describe('a p95 below this is never a breach'),
  ...sustained,
});
const restarts = z.strictObject({ signal: z.literal('restarts'), above: z.int().min(0) });
const unhealthy = z.strictObject({ signal: z.literal('unhealthy'), ...sustained });

export const analysisRule = z.discriminatedUnion('signal', [errorRate, latency, againstBaseline, restarts, unhealthy]);

const defaultRules = [
  { signal: 'error-rate', above: 0.01, for: '10s' },
  { signal: 'error-rate', above: 0.25, for: '3s' },
  { signal: 'p95', aboveMs: 3000, for: '10s' },
  { signal: 'p95-vs-baseline', factor: 3, for: '10s' },
  { signal: 'restarts', above: 0 },
  { signal: 'unhealthy', for: '10s' },
] as const;

/** The rules that a release must hold while traffic shifts and during the stability window. */
export const analysisSchema = z.strictObject({
  rules: z
    .array(analysisRule)
    .min(1)
    .prefault([...defaultRules]),
  minRequests: z
    .int()
    .min(1)
    .default(20)
    .describe('below this many requests in a window a traffic rule is inconclusive'),
  noData: z
    .enum(['pass', 'fail'])
    .default('pass')
    .describe('what a window with too few requests means when it ends: go on, or revert'),
});

export type AnalysisRule = z.output<typeof analysisRule>;
export type AnalysisConfig = z.output<typeof analysisSchema>;
