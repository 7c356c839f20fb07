import { z } from 'zod';
import type { Evidence, Problem } from './evidence.ts';
import { readJson } from './json.ts';
import { mapOf } from './json-list.ts';
import { joinGaps, readEach } from './malformed.ts';

const amount = z.number().min(0);

const loadReport = z.object({
  requests: amount,
  rps: amount,
  latency: z.object({ p50: amount, p95: amount, p99: amount }).nullable(),
  errorRate: amount.max(1),
  errors: mapOf(amount),
});

/** What `kova-check load` measured; of several reports the last, as they are of one app. */
export function readLoad(texts: readonly string[]): Evidence {
  let figures: Record<string, number> = {};
  let problems: Problem[] = [];
  const gaps = readEach(texts, (text) => {
    const { requests, rps, latency, errorRate, errors } = readJson(text, loadReport);
    const times = latency ? { 'load.p50': latency.p50, 'load.p95': latency.p95, 'load.p99': latency.p99 } : {};
    figures = { 'load.rps': rps, ...times, 'load.errors': errorRate * 100, 'load.requests': requests };
    problems = [...errors].map(([kind, count]) => problem(`${count} of ${requests} requests failed: ${kind}`));
    return requests === 0 ? 'no request was sent' : null;
  });
  return { kind: 'load', figures, problems, problemCount: problems.length, gap: joinGaps(gaps) };
}

const problem = (message: string): Problem => ({ severity: 'error', message, rule: null, file: null, line: null });
