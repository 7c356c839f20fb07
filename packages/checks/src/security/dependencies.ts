import type { Place } from '../check.ts';
import { audit } from '../dependencies/audit.ts';
import type { Advisory, AuditReport, Vulnerability } from '../dependencies/audit-report.ts';
import type { Lockfile } from '../dependencies/lockfile.ts';
import type { Finding, Level, Rule } from './finding.ts';
import type { Checked, Part } from './part.ts';

const levels: Readonly<Record<string, Level>> = { critical: 'error', high: 'error', moderate: 'warning' };
const weights: Readonly<Record<string, number>> = { critical: 9.5, high: 8, moderate: 5.5, low: 2 };

/** Known vulnerabilities of what the lockfile names. */
export const dependenciesPart: Part = {
  name: 'dependencies',
  tool: { name: 'kova-check-audit', version: '0.1.0', url: 'https://ossf.github.io/osv-schema/' },
  check: checkDependencies,
};

async function checkDependencies(place: Place): Promise<Checked> {
  const { report, lockfile, source } = await audit(place, false);
  const found = Object.values(report.vulnerabilities).flatMap((one) =>
    advisoriesOf(one).map((each) => ({ one, each })),
  );
  return {
    findings: found.map(({ one, each }) => findingOf(one, each, lockfile)),
    rules: [...new Map(found.map(({ each }) => [idOf(each), ruleOf(each)])).values()],
    passedOver: [],
    told: `${packageCount(report)} packages, by ${source}`,
  };
}

const packageCount = ({ metadata }: AuditReport) => metadata.dependencies.total;

/** Packages that are vulnerable for what they depend on are told by what they depend on. */
const advisoriesOf = ({ via }: Vulnerability) => via.filter((one) => typeof one !== 'string');

const idOf = ({ url, source }: Advisory) => url.split('/').at(-1) || String(source);

function ruleOf(advisory: Advisory): Rule {
  const { title, url, severity } = advisory;
  return { id: idOf(advisory), description: title, help: url, weight: weights[severity] ?? 0 };
}

function findingOf({ name, nodes }: Vulnerability, advisory: Advisory, { file, text }: Lockfile): Finding {
  const [node = name] = nodes;
  return {
    rule: idOf(advisory),
    level: levels[advisory.severity] ?? 'note',
    message: `${name} ${advisory.range}: ${advisory.title} (${nodes.join(', ')})`,
    file,
    region: { startLine: lineOf(text, node) },
    suppressed: null,
    identity: name,
  };
}

/** Where the lockfile names a package; its first line when it is not found. */
function lineOf(text: string, node: string): number {
  const name = node.replace(/@[^@]*$/, '');
  const at = [`"${node}": {`, node, `${name}@`].map((each) => text.indexOf(each)).find((index) => index >= 0);
  return text.slice(0, at ?? 0).split('\n').length;
}
