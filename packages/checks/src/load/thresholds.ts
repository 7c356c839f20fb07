import { all, fail, inconclusive, pass, type Verdict } from '@kova/core/verdict';
import type { Load } from './measure.ts';

export interface Thresholds {
  minRps?: number;
  maxP95?: number;
  /** From 0 to 1. */
  maxErrorRate?: number;
}

export interface Judged {
  threshold: keyof Thresholds;
  verdict: Verdict;
}

/** One verdict a threshold. Without any request nothing was measured. */
export function judge({ requests, rps, latency, errorRate }: Load, thresholds: Thresholds): Judged[] {
  const percent = (share: number) => `${Math.round(share * 10_000) / 100} %`;
  const { minRps, maxP95, maxErrorRate } = thresholds;
  const judged: Judged[] = [];
  const add = (threshold: keyof Thresholds, verdict: Verdict) =>
    judged.push({ threshold, verdict: requests === 0 ? inconclusive('no request was sent') : verdict });
  if (minRps !== undefined) add('minRps', below(`${rps} rps`, rps < minRps, `< ${minRps} rps`));
  if (maxP95 !== undefined) {
    const p95 = latency?.p95;
    add('maxP95', p95 === undefined ? fail('no answer came') : below(`p95 ${p95} ms`, p95 > maxP95, `> ${maxP95} ms`));
  }
  if (maxErrorRate !== undefined) {
    const broken = errorRate > maxErrorRate;
    add('maxErrorRate', below(`errors ${percent(errorRate)}`, broken, `> ${percent(maxErrorRate)}`));
  }
  return judged;
}

function below(found: string, isBroken: boolean, limit: string): Verdict {
  return isBroken ? fail(`${found} ${limit}`) : pass(found);
}

/** All together; without a threshold there is nothing to judge by. */
export const verdictOf = (judged: readonly Judged[]): Verdict => all(judged.map(({ verdict }) => verdict));
