import type { Problem } from './evidence.ts';

export type Outcome = 'passed' | 'failed' | 'skipped' | 'flaky';

/** One test as a JUnit report tells it. */
export interface TestCase {
  name: string;
  file: string | null;
  line: number | null;
  ms: number;
  outcome: Outcome;
  /** What the failure says in short, and its stack. */
  message: string;
  stack: string;
}

const place = /([^\s():]{1,300}\.[cm]?[jt]sx?):(\d{1,7})/g;

/** The test's failure as a problem, at the first place of the stack that is the project's own. */
export function problemOf(test: TestCase): Omit<Problem, 'severity'> {
  const at = placeOf(test);
  const message = test.message || test.stack || (test.outcome === 'flaky' ? 'passed when tried again' : 'failed');
  return { message: `${test.name}: ${message}`, rule: null, ...at };
}

function placeOf({ file, line, stack }: TestCase): Pick<Problem, 'file' | 'line'> {
  if (file && line) return { file, line };
  const places = [...stack.matchAll(place)].map(([, path = '', at]) => ({
    file: path.replace(/^\/\/(?=\/)/, ''),
    line: Number(at),
  }));
  const own = places.filter((each) => !each.file.includes('node_modules/'));
  if (file) return { file, line: own.find((each) => each.file.endsWith(file))?.line ?? null };
  return own[0] ?? { file: null, line };
}
