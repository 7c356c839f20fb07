/** One thing that was asked, as a test case. */
export interface Case {
  name: string;
  seconds: number;
  /** Why it failed; null when it passed. */
  failure: string | null;
}

/** A JUnit document with one suite. */
export function junitReport(suite: string, cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== null).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0).toFixed(3);
  const totals = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="${seconds}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="${escaped(suite)}" ${totals}>`,
    ...cases.map((one) => caseElement(suite, one)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseElement(suite: string, { name, seconds, failure }: Case): string {
  const attributes = `classname="${escaped(suite)}" name="${escaped(name)}" time="${seconds.toFixed(3)}"`;
  if (failure === null) return `    <testcase ${attributes}/>`;
  return `    <testcase ${attributes}><failure message="${escaped(failure)}"/></testcase>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 cannot hold are shown as `?`. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"]/g, (char) => entities[char] ?? char)
    .replace(/[\n\r\t]+/g, ' ')
    .replace(/[^\x20-\uFFFD\u{10000}-\u{10FFFF}]|[\uD800-\uDFFF]/gu, '?');
}
