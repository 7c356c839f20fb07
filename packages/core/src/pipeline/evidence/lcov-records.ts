import { malformed } from './malformed.ts';

/** What of one source file ran, over all reports: by line, by branch, by function. */
export interface Covered {
  lines: Map<number, boolean>;
  branches: Map<string, boolean>;
  functions: Map<string, boolean>;
}

/** Records that say nothing which the others do not. */
const redundant = /^(TN|VER|FNF|FNH|FNL|BRF|BRH|LF|LH|MCF|MCH|MCDC):/;

/**
 * Adds an lcov tracefile to `files`: what ran in any of several reports, ran.
 * @throws KovaError REPORT_MALFORMED
 */
export function addTracefile(text: string, files: Map<string, Covered>): void {
  let current: Covered | null = null;
  let at = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    at += 1;
    const line = raw.trimEnd();
    if (saysNothing(line)) continue;
    const opens = line.startsWith('SF:');
    const complaint = opens === (current === null) ? null : misplaced(line, opens);
    if (complaint) throw malformed(at, complaint);
    if (opens) current = fileNamed(line.slice(3), files);
    else if (line === 'end_of_record') current = null;
    else if (current && !addLine(line, current)) throw malformed(at, `no lcov: "${line.slice(0, 60)}"`);
  }
  if (current) throw malformed(at, 'ends inside of a record, without end_of_record');
}

const saysNothing = (line: string) => line === '' || line.startsWith('#') || redundant.test(line);

function misplaced(line: string, opens: boolean): string {
  if (opens) return 'SF before the end_of_record of the file above';
  return `no lcov: "${line.slice(0, 60)}" outside of a record`;
}

function fileNamed(name: string, files: Map<string, Covered>): Covered {
  const covered = files.get(name) ?? { lines: new Map(), branches: new Map(), functions: new Map() };
  files.set(name, covered);
  return covered;
}

/** Whether it was understood. */
function addLine(line: string, { lines, branches, functions }: Covered): boolean {
  const da = /^DA:(\d+),(\d+)(?:,|$)/.exec(line);
  if (da) return mark(lines, Number(da[1]), Number(da[2]) > 0);
  const branch = /^BRDA:(\d+,.*),(\d+|-)$/.exec(line);
  if (branch) return mark(branches, branch[1] ?? '', Number(branch[2]) > 0);
  const called = /^FNDA:(\d+),(.+)$/.exec(line) ?? /^FNA:\d+,(\d+),(.+)$/.exec(line);
  if (called) return mark(functions, called[2] ?? '', Number(called[1]) > 0);
  const declared = /^FN:\d+,(?:\d+,)?(.+)$/.exec(line);
  return declared !== null && mark(functions, declared[1] ?? '', false);
}

function mark<K>(of: Map<K, boolean>, key: K, ran: boolean): true {
  of.set(key, ran || of.get(key) === true);
  return true;
}
