import { audit } from '../dependencies/audit.ts';
import type { AuditReport } from '../dependencies/audit-report.ts';
import { severities } from '../dependencies/severity.ts';
import { dropReport, writeReport } from '../report/write.ts';
import { type Definition, documented } from './definition.ts';

const name = 'audit.json';

export const auditCommand: Definition = (program, place) => {
  const command = program.command('audit');
  documented(
    command,
    'look for known vulnerabilities of the packages in the lockfile: in KOVA_OSV_DATABASE, or by `npm audit`',
    'kova-check audit --omit-dev',
    'KOVA_OSV_DATABASE=/var/lib/osv/npm kova-check audit',
  );
  command
    .option('--omit-dev', 'leave out what only development needs', false)
    .action(async ({ omitDev }: { omitDev: boolean }) => {
      await dropReport(place, name);
      const { report, source } = await audit(place, omitDev);
      place.say(`${countText(report)}, by ${source}`);
      await writeReport(place, name, report);
    });
};

function countText({ vulnerabilities, metadata }: AuditReport): string {
  const all = Object.values(vulnerabilities);
  const counts = severities.map((level) => `${all.filter(({ severity }) => severity === level).length} ${level}`);
  return `${metadata.dependencies.total} packages, ${all.length} vulnerable (${counts.join(', ')})`;
}
