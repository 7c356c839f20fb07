import type { Match } from './osv-match.ts';
import type { Installed } from './package.ts';
import { type Severity, severities, worst } from './severity.ts';

export interface Advisory {
  source: string | number;
  name: string;
  dependency: string;
  title: string;
  url: string;
  severity: Severity | 'info';
  range: string;
  cwe?: readonly string[];
  aliases?: readonly string[];
}

export interface Vulnerability {
  name: string;
  severity: Severity | 'info';
  isDirect: boolean;
  via: ReadonlyArray<Advisory | string>;
  effects: readonly string[];
  range: string;
  nodes: readonly string[];
  fixAvailable: unknown;
}

/** What `npm audit --json` writes, as far as it is used here. */
export interface AuditReport {
  auditReportVersion: 2;
  vulnerabilities: Readonly<Record<string, Vulnerability>>;
  metadata: {
    vulnerabilities: Readonly<Record<string, number>>;
    dependencies: Readonly<Record<string, number>>;
  };
}

/** The report that npm would write, of advisories matched here. npm names dependants as well; this names causes only. */
export function auditReport(packages: readonly Installed[], matches: readonly Match[]): AuditReport {
  const byName = [...Map.groupBy(matches, ({ installed }) => installed.name)].sort(([a], [b]) => (a < b ? -1 : 1));
  const vulnerabilities = Object.fromEntries(byName.map(([name, found]) => [name, vulnerabilityOf(name, found)]));
  return {
    auditReportVersion: 2,
    vulnerabilities,
    metadata: { vulnerabilities: countSeverities(vulnerabilities), dependencies: countKinds(packages) },
  };
}

function vulnerabilityOf(name: string, found: readonly Match[]): Vulnerability {
  const advisories = [...new Map(found.map((match) => [match.id, match])).values()];
  return {
    name,
    severity: worst(found.map(({ severity }) => severity)),
    isDirect: found.some(({ installed }) => installed.isDirect),
    via: advisories.map(advisoryOf),
    effects: [],
    range: advisories.map(({ range }) => range).join(' || '),
    nodes: [...new Set(found.map(({ installed }) => installed.node))],
    fixAvailable: advisories.every(({ isMended }) => isMended),
  };
}

function advisoryOf({ id, installed: { name }, title, severity, range, cwe, aliases }: Match): Advisory {
  const url = id.startsWith('GHSA-') ? `https://github.com/advisories/${id}` : `https://osv.dev/vulnerability/${id}`;
  return { source: id, name, dependency: name, title, url, severity, range, cwe, aliases };
}

function countSeverities(vulnerabilities: AuditReport['vulnerabilities']): Record<string, number> {
  const all = Object.values(vulnerabilities);
  const counts = severities.map((level) => [level, all.filter(({ severity }) => severity === level).length] as const);
  return { info: 0, ...Object.fromEntries(counts.toReversed()), total: all.length };
}

function countKinds(packages: readonly Installed[]): Record<string, number> {
  const count = (kind: Installed['kind']) => packages.filter((one) => one.kind === kind).length;
  return {
    ...{ prod: count('prod'), dev: count('dev'), optional: count('optional'), peer: count('peer') },
    ...{ peerOptional: 0, total: packages.length },
  };
}
