import { formatDuration } from '../config/duration.ts';
import { all, fail, inconclusive, pass, type Verdict } from '../verdict.ts';
import { quantile } from './latency.ts';
import type { AnalysisConfig, AnalysisRule } from './rules.ts';
import { type Sample, type Span, spans, sum } from './window.ts';

/** "for 10 s" means in each quarter of the last 10 s: one bad moment is no breach, and a short one is not averaged in. */
const quarters = 4;

/** The verdict over all rules: any breach fails; the reason is in words, `5xx 14.2 % > 1 % for 10 s`. */
export function evaluate(config: AnalysisConfig, current: readonly Sample[], baseline: readonly Sample[]): Verdict {
  return all(config.rules.map((rule) => evaluateRule(rule, config.minRequests, current, baseline)));
}

type RuleOf<S extends AnalysisRule['signal']> = Extract<AnalysisRule, { signal: S }>;

function evaluateRule(
  rule: AnalysisRule,
  minRequests: number,
  current: readonly Sample[],
  baseline: readonly Sample[],
): Verdict {
  switch (rule.signal) {
    case 'error-rate':
      return sustained(rule.for, minRequests, current, (span) => errorRate(rule, span));
    case 'p95':
      return sustained(rule.for, minRequests, current, (span) => latency(rule, span));
    case 'p95-vs-baseline':
      return againstBaseline(rule, minRequests, current, baseline);
    case 'restarts':
      return restarts(rule, current);
    case 'unhealthy':
      return unhealthy(rule, current);
  }
}

/** Fails when each quarter with enough requests fails, the reason told of the whole window. */
function sustained(
  ms: number,
  minRequests: number,
  samples: readonly Sample[],
  judge: (span: Span) => Verdict,
): Verdict {
  const parts = spans(samples, ms, quarters);
  if (!parts) return inconclusive(`watched for less than ${formatDuration(ms)}`);
  const whole = sum(parts);
  if (whole.requests < minRequests) {
    return inconclusive(`${whole.requests} requests in ${formatDuration(ms)}, fewer than ${minRequests}`);
  }
  const full = parts.filter((part) => part.requests >= minRequests / quarters);
  const breached = full.length > 0 && full.every((part) => judge(part).outcome === 'fail');
  const verdict = judge(whole);
  if (!breached || verdict.outcome !== 'fail')
    return pass(verdict.outcome === 'fail' ? 'a passing spike' : verdict.reason);
  return fail(`${verdict.reason} for ${formatDuration(ms)}`);
}

function errorRate(rule: RuleOf<'error-rate'>, span: Span): Verdict {
  const rate = span.errors / span.requests;
  const shown = `5xx ${percent(rate)}`;
  return rate > rule.above ? fail(`${shown} > ${percent(rule.above)}`) : pass(shown);
}

function latency(rule: RuleOf<'p95'>, span: Span): Verdict {
  const p95 = quantile(span.latency, 0.95);
  if (p95 === null) return inconclusive('no latency observed');
  const shown = `p95 ${formatDuration(p95)}`;
  return p95 > rule.aboveMs ? fail(`${shown} > ${formatDuration(rule.aboveMs)}`) : pass(shown);
}

function againstBaseline(
  rule: RuleOf<'p95-vs-baseline'>,
  minRequests: number,
  current: readonly Sample[],
  baseline: readonly Sample[],
): Verdict {
  const reference = baselineP95(baseline, minRequests);
  if (reference === null) return pass('no baseline to compare with');
  const limit = Math.max(reference * rule.factor, rule.floorMs);
  return sustained(rule.for, minRequests, current, (span) => {
    const p95 = quantile(span.latency, 0.95);
    if (p95 === null) return inconclusive('no latency observed');
    const shown = `p95 ${formatDuration(p95)}`;
    if (p95 <= limit) return pass(shown);
    return fail(`${shown} > ${formatDuration(limit)} (baseline ${formatDuration(reference)})`);
  });
}

function baselineP95(samples: readonly Sample[], minRequests: number): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return null;
  const whole = spans(samples, last.at - first.at, 1)?.[0];
  return whole && whole.requests >= minRequests ? quantile(whole.latency, 0.95) : null;
}

function restarts(rule: RuleOf<'restarts'>, samples: readonly Sample[]): Verdict {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return inconclusive('no sample yet');
  const ended = last.restarts - first.restarts;
  const shown = `${ended} ${ended === 1 ? 'instance' : 'instances'} ended unasked`;
  return ended > rule.above ? fail(`${shown}, more than ${rule.above} allowed`) : pass(shown);
}

function unhealthy(rule: RuleOf<'unhealthy'>, samples: readonly Sample[]): Verdict {
  const last = samples.at(-1);
  if (!last) return inconclusive('no sample yet');
  const since = samples.filter((sample) => sample.at >= last.at - rule.for);
  const reachesBack = (samples[0]?.at ?? last.at) <= last.at - rule.for;
  const shown = `${last.unhealthy} of ${last.instances} instances unhealthy`;
  if (!reachesBack || since.some((sample) => sample.unhealthy === 0)) return pass(shown);
  return fail(`${shown} for ${formatDuration(rule.for)}`);
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
