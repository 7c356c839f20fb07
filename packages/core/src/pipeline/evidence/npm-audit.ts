import { z } from 'zod';
import type { Evidence, Severity } from './evidence.ts';
import { readJson } from './json.ts';
import { listOf, mapOf } from './json-list.ts';
import { joinGaps, readEach } from './malformed.ts';
import { plain } from './plain.ts';
import { ProblemList } from './problem-list.ts';

/** What npm calls the weight of an advisory, worst first; `info` weighs nothing. */
export const dependencyLevels = ['critical', 'high', 'moderate', 'low'] as const;

const severityOf: Readonly<Record<string, Severity>> = { critical: 'error', high: 'error', moderate: 'warning' };

const advisory = z.object({ title: z.string(), url: z.string().optional(), severity: z.string().optional() });
const vulnerability = z.object({
  name: z.string(),
  severity: z.enum([...dependencyLevels, 'info']),
  via: listOf(z.union([z.string(), advisory])),
  nodes: listOf(z.string()).default([]),
});
const auditReport = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: mapOf(vulnerability),
  metadata: z.object({ dependencies: z.object({ total: z.int().min(0) }) }),
});
/** What npm prints when it could not ask: it exits 1 as well, as if something was vulnerable. */
const refusal = z.object({
  message: z.string().optional(),
  error: z.object({ code: z.string().optional(), summary: z.string().optional() }),
});
const anyReport = z.looseObject({ error: z.unknown().optional() });

type Vulnerability = z.output<typeof vulnerability>;
type Vulnerabilities = z.output<typeof auditReport>['vulnerabilities'];

/** The vulnerable packages that `npm audit --json` names, by their worst advisory; a registry that refuses is a gap. */
export function readNpmAudit(texts: readonly string[]): Evidence {
  const found: Vulnerabilities[] = [];
  const figures: Record<string, number> = {};
  const gaps = readEach(texts, (text) => {
    if (readJson(text, anyReport).error !== undefined) return refused(text);
    const { vulnerabilities, metadata } = readJson(text, auditReport);
    found.push(vulnerabilities);
    add(figures, 'dependencies.audited', metadata.dependencies.total);
    for (const level of dependencyLevels) add(figures, `dependencies.${level}`, countAt(level, vulnerabilities));
    return null;
  });
  return { kind: 'npm-audit', figures, ...problemsOf(found), gap: joinGaps(gaps) };
}

function refused(text: string): string {
  const { message, error } = readJson(text, refusal);
  return `npm could not audit: ${plain(message || error.summary || error.code || 'no reason told', 200)}`;
}

const add = (figures: Record<string, number>, name: string, more: number) => {
  figures[name] = (figures[name] ?? 0) + more;
};

function countAt(level: string, vulnerabilities: Vulnerabilities): number {
  return [...vulnerabilities.values()].filter(({ severity }) => severity === level).length;
}

function problemsOf(found: readonly Vulnerabilities[]): ReturnType<ProblemList['result']> {
  const problems = new ProblemList();
  for (const level of [...dependencyLevels, 'info']) {
    for (const vulnerabilities of found) {
      const atLevel = [...vulnerabilities.values()].filter(({ severity }) => severity === level);
      for (const one of atLevel) problems.add(severityOf[level] ?? 'note', () => problemOf(one, vulnerabilities));
    }
  }
  return problems.result();
}

function problemOf(one: Vulnerability, all: Vulnerabilities): ReturnType<Parameters<ProblemList['add']>[1]> {
  const titles = one.via.map((via) => (typeof via === 'string' ? `depends on ${via}` : via.title));
  return {
    message: `${one.name}: ${titles.join('; ')}`,
    rule: advisoryOf(one, all, new Set()),
    file: one.nodes[0] ?? `node_modules/${one.name}`,
    line: null,
  };
}

/** The worst advisory of a package, or of what it depends on: `GHSA-35jh-r3h4-6jhm`. */
function advisoryOf(one: Vulnerability, all: Vulnerabilities, seen: Set<string>): string | null {
  if (seen.has(one.name) || seen.size > 50) return null;
  seen.add(one.name);
  const own = one.via.flatMap((via) => (typeof via === 'string' ? [] : [via]));
  const worst = own.find(({ severity }) => severity === one.severity) ?? own[0];
  if (worst) return worst.url?.split('/').at(-1) || worst.title;
  const dependencies = one.via.flatMap((via) => (typeof via === 'string' ? (all.get(via) ?? []) : []));
  for (const dependency of dependencies) {
    const found = advisoryOf(dependency, all, seen);
    if (found) return found;
  }
  return null;
}
