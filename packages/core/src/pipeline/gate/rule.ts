import type { LoadConfig } from '../../environment/load.ts';
import type { EvidenceKind } from '../evidence/evidence.ts';
import { dependencyLevels } from '../evidence/npm-audit.ts';
import type { Gates } from './schema.ts';

interface Common {
  /** Where it is configured below `gates`: `coverage.lines`. */
  gate: string;
  /** The reports that it judges. */
  report: EvidenceKind;
}

/** A figure must not be on the worse side of the limit. */
export type LimitRule = Common & { check: 'limit'; figure: string; limit: number };
/** A figure may not have grown by more than so many percent; `parts` is what the figures of its parts begin with. */
export type GrowthRule = Common & { check: 'growth'; figure: string; maxPercent: number; parts: string };
/** The figures add up to at most so many; `nouns` say what of, for one and for more. */
export type CountRule = Common & { check: 'count'; figures: string[]; max: number; nouns: [string, string] };

/** What a gate asks of a report: plain data, recorded with the release. */
export type Rule = LimitRule | GrowthRule | CountRule;

/** Which reports each gate needs: a gate on a report that no job makes is refused when the configuration is read. */
export const gateReports: Readonly<Record<keyof Gates, EvidenceKind>> = {
  tests: 'junit',
  coverage: 'lcov',
  lighthouse: 'lighthouse',
  audit: 'npm-audit',
  bundle: 'bundle',
  security: 'sarif',
  image: 'image',
};

/** Gates below a key that are limits to one figure. */
const limitedFigures = {
  coverage: { lines: 'coverage.lines', branches: 'coverage.branches', functions: 'coverage.functions' },
  lighthouse: {
    performance: 'lighthouse.performance',
    accessibility: 'lighthouse.accessibility',
    bestPractices: 'lighthouse.best-practices',
    seo: 'lighthouse.seo',
    lcp: 'lighthouse.lcp',
    tbt: 'lighthouse.tbt',
    cls: 'lighthouse.cls',
  },
  bundle: { maxTotal: 'bundle.total' },
  image: { maxSize: 'image.size' },
  tests: { maxSkipped: 'tests.skipped' },
} as const;

/** The rules that the gates stand for, in the order in which they are told. */
export function rulesOf(gates: Gates): Rule[] {
  return [
    ...testRules(gates.tests),
    ...limitRules('tests', gates.tests),
    ...limitRules('coverage', gates.coverage),
    ...limitRules('lighthouse', gates.lighthouse),
    ...auditRules(gates.audit),
    ...growthRules('bundle', gates.bundle, { figure: 'bundle.total', parts: 'bundle.chunk.' }),
    ...limitRules('bundle', gates.bundle),
    ...securityRules(gates.security),
    ...growthRules('image', gates.image, { figure: 'image.size', parts: 'image.part.' }),
    ...limitRules('image', gates.image),
  ];
}

/** What an environment asks of its load check. */
export function loadRules({ minRps, maxP95, maxErrors }: LoadConfig): LimitRule[] {
  const rule = (name: string, figure: string, limit: number | undefined): LimitRule[] =>
    limit === undefined ? [] : [{ gate: `load.${name}`, report: 'load', check: 'limit', figure, limit }];
  return [
    ...rule('minRps', 'load.rps', minRps),
    ...rule('maxP95', 'load.p95', maxP95),
    ...rule('maxErrors', 'load.errors', maxErrors),
  ];
}

function limitRules(key: keyof typeof limitedFigures, limits: Readonly<Record<string, unknown>> = {}): LimitRule[] {
  return Object.entries(limitedFigures[key]).flatMap(([name, figure]) => {
    const limit = limits[name];
    if (typeof limit !== 'number') return [];
    return [{ gate: `${key}.${name}`, report: gateReports[key], check: 'limit' as const, figure, limit }];
  });
}

function testRules(tests: Gates['tests']): Rule[] {
  if (!tests) return [];
  const nouns: [string, string] = ['failed test', 'failed tests'];
  const failed = { gate: 'tests.maxFailed', check: 'count', figures: ['tests.failed'], max: tests.maxFailed } as const;
  const rules: Rule[] = [{ ...failed, figures: [...failed.figures], report: 'junit', nouns }];
  if (tests.min !== undefined) {
    rules.push({ gate: 'tests.min', report: 'junit', check: 'limit', figure: 'tests.total', limit: tests.min });
  }
  return rules;
}

function auditRules(level: Gates['audit']): CountRule[] {
  if (!level) return [];
  const levels = dependencyLevels.slice(0, dependencyLevels.indexOf(level) + 1);
  const nouns = nounsAt('vulnerability', 'vulnerabilities', level, dependencyLevels[0]);
  const figures = levels.map((each) => `dependencies.${each}`);
  return [{ gate: 'audit', report: 'npm-audit', check: 'count', figures, max: 0, nouns }];
}

const findingLevels = ['error', 'warning', 'note'] as const;

function securityRules(level: Gates['security']): CountRule[] {
  if (!level) return [];
  const levels = findingLevels.slice(0, findingLevels.indexOf(level) + 1);
  const nouns = nounsAt('finding', 'findings', level, findingLevels[0]);
  const figures = levels.map((each) => `security.${each}s`);
  return [{ gate: 'security', report: 'sarif', check: 'count', figures, max: 0, nouns }];
}

/** `2 vulnerabilities at or above high`; of the worst level there is nothing above. */
function nounsAt(one: string, more: string, level: string, worst: string): [string, string] {
  const at = level === worst ? `of level ${level}` : `at or above ${level}`;
  return [`${one} ${at}`, `${more} ${at}`];
}

function growthRules(
  key: 'bundle' | 'image',
  limits: { maxGrowth?: number | undefined } | undefined,
  what: Pick<GrowthRule, 'figure' | 'parts'>,
): GrowthRule[] {
  if (limits?.maxGrowth === undefined) return [];
  return [
    { gate: `${key}.maxGrowth`, report: gateReports[key], check: 'growth', ...what, maxPercent: limits.maxGrowth },
  ];
}
