import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { Evidence } from '@kova/core/pipeline/evidence/evidence';
import type { Verdict } from '@kova/core/verdict';
import type { Scrub } from '../commands/scrubber.ts';

export function scrubVerdict({ outcome, reason }: Verdict, scrub: Scrub): Verdict {
  return { outcome, reason: scrub(reason) };
}

/** What a job reported is kept with the release for ever, and shown to whoever may see it. */
export function scrubEvidence(evidence: readonly Evidence[], scrub: Scrub): Evidence[] {
  const maybe = (text: string | null) => (text === null ? null : scrub(text));
  return evidence.map(({ figures, problems, gap, ...rest }) => ({
    ...rest,
    figures: Object.fromEntries(Object.entries(figures).map(([name, figure]) => [scrub(name), figure])),
    problems: problems.map(({ severity, message, rule, file, line }) => {
      return { severity, message: scrub(message), rule: maybe(rule), file: maybe(file), line };
    }),
    gap: maybe(gap),
  }));
}

/** What was thrown, without secrets in what it says; its stack, which says it too, is left behind. */
export function scrubError(error: unknown, scrub: Scrub): unknown {
  const { code, message, next } = reportOf(error);
  if (scrub(message) === message && scrub(next) === next) return error;
  return new KovaError(code, scrub(message), { next: scrub(next) });
}
