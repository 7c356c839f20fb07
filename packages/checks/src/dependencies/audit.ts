import { cannotCheck, type Place } from '../check.ts';
import { type AuditReport, auditReport } from './audit-report.ts';
import { type Lockfile, readLockfile } from './lockfile.ts';
import { npmAudit } from './npm-audit.ts';
import { readOsvDatabase } from './osv-database.ts';
import { matchRecords } from './osv-match.ts';

export interface Audit {
  report: AuditReport;
  lockfile: Lockfile;
  /** Whom was asked, for people. */
  source: string;
}

/**
 * What is known to be vulnerable of what the lockfile names: by KOVA_OSV_DATABASE when set, else by the registry.
 * @throws KovaError CHECK_IMPOSSIBLE when neither can be asked
 */
export async function audit(place: Place, omitDev: boolean): Promise<Audit> {
  const lockfile = await readLockfile(place.cwd);
  const database = place.env.KOVA_OSV_DATABASE;
  if (database) return auditOffline(lockfile, database, omitDev);
  if (lockfile.isNpm) return { report: await npmAudit(place, omitDev), lockfile, source: 'the npm registry' };
  throw cannotCheck(
    `${lockfile.file} can be audited against an OSV database only`,
    "set KOVA_OSV_DATABASE to the directory that OSV's archive for npm was unpacked to",
  );
}

async function auditOffline(lockfile: Lockfile, directory: string, omitDev: boolean): Promise<Audit> {
  const packages = lockfile.packages.filter(({ kind }) => !(omitDev && kind === 'dev'));
  const { about, records, newest } = await readOsvDatabase(directory, new Set(packages.map(({ name }) => name)));
  const source = `an OSV database of ${records} records, the newest of ${newest.slice(0, 10) || 'an unknown day'}`;
  return { report: auditReport(packages, matchRecords(packages, about)), lockfile, source };
}
