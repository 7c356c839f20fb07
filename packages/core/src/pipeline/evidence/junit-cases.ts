import type { Outcome, TestCase } from './junit-case.ts';
import { malformed } from './malformed.ts';
import { walkXml, type XmlVisitor } from './xml.ts';

const maxStack = 4000;
const verdicts: ReadonlyMap<string, Outcome> = new Map([
  ['failure', 'failed'],
  ['error', 'failed'],
  ['skipped', 'skipped'],
  ['flakyFailure', 'flaky'],
  ['flakyError', 'flaky'],
]);
const weight: Readonly<Record<Outcome, number>> = { passed: 0, flaky: 1, skipped: 2, failed: 3 };

type Attributes = Readonly<Record<string, string>>;

/**
 * Calls `each` for every test of a JUnit report, in its order. Returns the failures that the report's head declares.
 * @throws KovaError REPORT_MALFORMED
 */
export function walkJunit(text: string, each: (test: TestCase) => void): number {
  const walk = new JunitWalk(each);
  walkXml(text, walk);
  return walk.declared;
}

class JunitWalk implements XmlVisitor {
  declared = 0;
  readonly #each: (test: TestCase) => void;
  readonly #suites: string[] = [];
  #depth = 0;
  #declaredAt = Number.POSITIVE_INFINITY;
  #test: TestCase | null = null;
  /** The element that the test ends with. */
  #endsWith = '';
  #stackOf: string | null = null;

  constructor(each: (test: TestCase) => void) {
    this.#each = each;
  }

  open(name: string, attributes: Attributes, line: number): void {
    this.#depth += 1;
    if (this.#depth === 1 && name !== 'testsuites' && name !== 'testsuite') {
      throw malformed(line, `no JUnit report: expected <testsuites> or <testsuite>, found <${name}>`);
    }
    if (name === 'testsuites' || name === 'testsuite') this.#openSuite(attributes, line);
    else if (name === 'testcase') this.#begin(newTest(attributes, line), name);
    else this.#openVerdict(name, attributes, line);
  }

  #openSuite(attributes: Attributes, line: number): void {
    this.#suites.push(attributes.name ?? '');
    const failed = count(attributes, 'failures', line) + count(attributes, 'errors', line);
    count(attributes, 'tests', line);
    const tells = attributes.failures !== undefined || attributes.errors !== undefined;
    if (!tells || this.#depth > this.#declaredAt) return;
    this.#declaredAt = this.#depth;
    this.declared += failed;
  }

  /** A failure outside of a test is one of its suite: it could not be loaded. */
  #openVerdict(name: string, attributes: Attributes, line: number): void {
    const outcome = verdicts.get(name);
    if (outcome === undefined || (this.#test === null && outcome !== 'failed')) return;
    this.#test ??= this.#begin(newTest({ name: this.#suites.at(-1) ?? '' }, line), name);
    if (weight[outcome] <= weight[this.#test.outcome]) return;
    this.#test.outcome = outcome;
    this.#test.message = attributes.message ?? '';
    this.#test.stack = '';
    this.#stackOf = name;
  }

  text(text: string): void {
    if (this.#test && this.#stackOf && this.#test.stack.length < maxStack) {
      this.#test.stack += text.slice(0, maxStack - this.#test.stack.length);
    }
  }

  close(name: string): void {
    this.#depth -= 1;
    if (name === this.#stackOf) this.#stackOf = null;
    if (name === this.#endsWith) this.#end();
    if (name === 'testsuite' || name === 'testsuites') this.#suites.pop();
  }

  #begin(test: TestCase, endsWith: string): TestCase {
    this.#end();
    this.#test = test;
    this.#endsWith = endsWith;
    return test;
  }

  #end(): void {
    if (this.#test) this.#each(this.#test);
    this.#test = null;
  }
}

function newTest(attributes: Attributes, line: number): TestCase {
  const seconds = Number(attributes.time?.replaceAll(',', '') ?? 0);
  const at = Number(attributes.line);
  return {
    name: attributes.name || `the test of line ${line}`,
    file: attributes.file || null,
    line: Number.isInteger(at) && at > 0 ? at : null,
    ms: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0,
    outcome: 'passed',
    message: '',
    stack: '',
  };
}

function count(attributes: Attributes, name: string, line: number): number {
  const text = attributes[name] ?? '';
  if (!/^\d{0,9}$/.test(text)) throw malformed(line, `${name}="${text}" is no count`);
  return Number(text);
}
