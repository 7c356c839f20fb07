import { type Evidence, type Problem, severities } from './evidence.ts';
import { plain } from './plain.ts';

const kept = 100;

/** Collects the problems of a report of any size: counts all, keeps the first hundred of the worst. */
export class ProblemList {
  count = 0;
  readonly #bySeverity: Record<Problem['severity'], Problem[]> = { error: [], warning: [], note: [] };

  /** `make` is asked only for a problem that is kept. */
  add(severity: Problem['severity'], make: () => Omit<Problem, 'severity'>): void {
    this.count += 1;
    const list = this.#bySeverity[severity];
    if (list.length >= kept) return;
    const { message, rule, file, line } = make();
    list.push({
      severity,
      message: plain(message, 500),
      rule: rule === null ? null : plain(rule, 200),
      file: file === null ? null : plain(file, 300),
      line,
    });
  }

  /** For an Evidence: worst first. */
  result(): Pick<Evidence, 'problems' | 'problemCount'> {
    const problems = severities.flatMap((severity) => this.#bySeverity[severity]);
    return { problems: problems.slice(0, kept), problemCount: this.count };
  }
}
