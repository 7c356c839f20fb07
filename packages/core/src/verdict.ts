/** Every decision is a verdict: three-valued, always with a reason a person can read. */
export interface Verdict {
  outcome: 'pass' | 'fail' | 'inconclusive';
  reason: string;
}

export const pass = (reason: string): Verdict => ({ outcome: 'pass', reason });
export const fail = (reason: string): Verdict => ({ outcome: 'fail', reason });
export const inconclusive = (reason: string): Verdict => ({ outcome: 'inconclusive', reason });

/** All must pass; one failure fails; otherwise missing data makes the whole inconclusive. */
export function all(verdicts: readonly Verdict[]): Verdict {
  const failed = verdicts.find((verdict) => verdict.outcome === 'fail');
  if (failed) return failed;
  const unknown = verdicts.find((verdict) => verdict.outcome === 'inconclusive');
  if (unknown) return unknown;
  return pass(verdicts.map((verdict) => verdict.reason).join('; ') || 'nothing to check');
}
