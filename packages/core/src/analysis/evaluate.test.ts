import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latencyBoundsMs } from '../traffic/slot-counters.ts';
import { evaluate } from './evaluate.ts';
import { quantile } from './latency.ts';
import { analysisSchema } from './rules.ts';
import { append, type Sample } from './window.ts';

const config = analysisSchema.parse({});

interface Second {
  requests: number;
  errors?: number;
  ms?: number;
  restarts?: number;
  unhealthy?: number;
}

/** A series sampled once a second. */
function series(seconds: readonly Second[], epoch = 'e'): Sample[] {
  const latency = new Array<number>(latencyBoundsMs.length + 1).fill(0);
  const total = { requests: 0, errors: 0 };
  const samples: Sample[] = [sample(0, epoch, total, latency, {})];
  for (const [index, second] of seconds.entries()) {
    total.requests += second.requests;
    total.errors += second.errors ?? 0;
    const bucket = latencyBoundsMs.findIndex((bound) => bound >= (second.ms ?? 10));
    latency[bucket] = (latency[bucket] ?? 0) + second.requests;
    samples.push(sample((index + 1) * 1000, epoch, total, latency, second));
  }
  return samples;
}

function sample(
  at: number,
  epoch: string,
  total: { requests: number; errors: number },
  latency: number[],
  second: Partial<Second>,
): Sample {
  const counters = { epoch, ...total, latency: [...latency] };
  return { at, counters, restarts: second.restarts ?? 0, unhealthy: second.unhealthy ?? 0, instances: 2 };
}

const repeat = (n: number, second: Second) => Array.from({ length: n }, () => second);

test('a sustained error rate is a breach, with its reason in words', () => {
  const verdict = evaluate(config, series(repeat(11, { requests: 200, errors: 28 })), []);
  expect(verdict).toEqual({ outcome: 'fail', reason: '5xx 14 % > 1 % for 10 s' });
});

test('a spike is no breach', () => {
  const verdict = evaluate(
    config,
    series([...repeat(9, { requests: 200 }), { requests: 200, errors: 40 }, ...repeat(2, { requests: 200 })]),
    [],
  );
  expect(verdict.outcome).toBe('pass');
});

test('a flood of errors is seen after three seconds', () => {
  const verdict = evaluate(config, series([{ requests: 200 }, ...repeat(3, { requests: 200, errors: 120 })]), []);
  expect(verdict.reason).toBe('5xx 60 % > 25 % for 3 s');
});

test('no traffic is inconclusive, never a pass', () => {
  const verdict = evaluate(config, series(repeat(12, { requests: 0 })), []);
  expect(verdict.outcome).toBe('inconclusive');
  expect(verdict.reason).toContain('fewer than 20');
});

test('latency is compared with the baseline slot', () => {
  const baseline = series(repeat(20, { requests: 100, ms: 90 }));
  const slow = series(repeat(12, { requests: 100, ms: 600 }));
  const verdict = evaluate(config, slow, baseline);
  expect(verdict.outcome).toBe('fail');
  expect(verdict.reason).toMatch(/^p95 \d+ ms > \d+ ms \(baseline \d+ ms\) for 10 s$/);
  expect(evaluate(config, series(repeat(12, { requests: 100, ms: 100 })), baseline).outcome).toBe('pass');
});

test('an instance that ended unasked is a breach', () => {
  expect(evaluate(config, series([{ requests: 50 }, { requests: 50, restarts: 1 }]), []).reason).toBe(
    '1 instance ended unasked, more than 0 allowed',
  );
});

test('instances that stay unhealthy are a breach', () => {
  expect(evaluate(config, series(repeat(12, { requests: 50, unhealthy: 1 })), []).reason).toBe(
    '1 of 2 instances unhealthy for 10 s',
  );
});

test('a restart of the edge begins a new series', () => {
  const before = series(repeat(11, { requests: 200, errors: 100 }));
  const [first] = series([{ requests: 1 }], 'other');
  expect(append(before, { ...first!, at: 12_000 }, 60_000)).toHaveLength(1);
});

test('a quantile lies in the bucket of its rank', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 59_000 }), { minLength: 1 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, q) => {
        const counts = new Array<number>(latencyBoundsMs.length + 1).fill(0);
        for (const value of values) {
          const bucket = latencyBoundsMs.findIndex((bound) => bound >= value);
          counts[bucket] = (counts[bucket] ?? 0) + 1;
        }
        const exact = [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length - 1e-9) - 1)]!;
        const bucket = latencyBoundsMs.findIndex((bound) => bound >= exact);
        const answer = quantile(counts, q)!;
        expect(answer).toBeLessThanOrEqual(latencyBoundsMs[bucket]! + 1e-6);
        expect(answer).toBeGreaterThanOrEqual((latencyBoundsMs[bucket - 1] ?? 0) - 1e-6);
      },
    ),
  );
});
