import { isAffected, isMended, rangeText } from './osv-range.ts';
import { type OsvRecord, severityOf } from './osv-record.ts';
import type { Installed } from './package.ts';
import type { Severity } from './severity.ts';

/** One advisory that holds for one installed package. */
export interface Match {
  installed: Installed;
  id: string;
  aliases: readonly string[];
  title: string;
  severity: Severity;
  cwe: readonly string[];
  range: string;
  isMended: boolean;
}

/** What of the installed packages the records name. Records that are aliases of each other count once. */
export function matchRecords(packages: readonly Installed[], records: readonly OsvRecord[]): Match[] {
  const byName = Map.groupBy(
    weighedFirst(records).flatMap((record) => record.affected.map((affected) => ({ record, affected }))),
    ({ affected }) => affected.package?.name,
  );
  return packages.flatMap((installed) => {
    const found: Match[] = [];
    for (const { record, affected } of byName.get(installed.name) ?? []) {
      if (affected.package?.ecosystem !== 'npm' || !isAffected(installed.version, affected)) continue;
      if (!found.some((one) => isSame(one, record))) found.push(matchOf(installed, record, affected));
    }
    return found;
  });
}

/** Of aliases the one counts that somebody has weighed. */
function weighedFirst(records: readonly OsvRecord[]): OsvRecord[] {
  const rank = ({ database_specific: specific }: OsvRecord) => (specific?.severity ? 0 : 1);
  return records.toSorted((a, b) => rank(a) - rank(b));
}

function isSame(one: Match, { id, aliases }: OsvRecord): boolean {
  const names = new Set([one.id, ...one.aliases]);
  return [id, ...aliases].some((name) => names.has(name));
}

function matchOf(installed: Installed, record: OsvRecord, affected: OsvRecord['affected'][number]): Match {
  return {
    ...{ installed, id: record.id, aliases: record.aliases, title: record.summary || record.id },
    ...{ severity: severityOf(record), cwe: record.database_specific?.cwe_ids ?? [] },
    ...{ range: rangeText(affected), isMended: isMended(affected) },
  };
}
