import { reportOf } from '@kova/core/errors/kova-error';
import { cannotCheck, type Place } from '../check.ts';
import { codePart } from './code.ts';
import { dependenciesPart } from './dependencies.ts';
import { dockerfilePart } from './dockerfile/check.ts';
import type { Part } from './part.ts';
import { checkedRun, uncheckedRun } from './runs.ts';
import type { SarifRun } from './sarif.ts';
import { sbomPart } from './sbom.ts';
import { secretsPart } from './secrets.ts';
import { sourceFiles } from './source-files.ts';
import { trivyPart } from './trivy.ts';

const parts: readonly Part[] = [dependenciesPart, secretsPart, codePart, dockerfilePart, sbomPart, trivyPart];

/** How one part ended. */
interface Outcome {
  part: string;
  runs: readonly SarifRun[];
  /** Why it could not be checked; null when it was. */
  unchecked: string | null;
}

/**
 * Checks an app by all parts that have something to do in it, one after the other.
 * @throws KovaError CHECK_IMPOSSIBLE when none of them could be checked
 */
export async function checkSecurity(place: Place): Promise<SarifRun[]> {
  const files = await sourceFiles(place);
  const outcomes: Outcome[] = [];
  for (const part of parts) outcomes.push(await checkPart(place, part, files));
  const done = outcomes.filter(({ runs, unchecked }) => runs.length > 0 && unchecked === null);
  const undone = outcomes.flatMap(({ part, unchecked }) => (unchecked === null ? [] : `${part}: ${unchecked}`));
  if (done.length === 0) throw cannotCheck(undone.join('; ') || 'there is nothing to check', 'run it in an app');
  return outcomes.flatMap(({ runs }) => runs);
}

async function checkPart(place: Place, part: Part, files: readonly string[]): Promise<Outcome> {
  try {
    const checked = await part.check(place, files);
    if (checked === null) return { part: part.name, runs: [], unchecked: null };
    if (Array.isArray(checked)) return { part: part.name, runs: checked, unchecked: null };
    for (const text of checked.passedOver) place.say(`${part.name}: ${text}`);
    place.say(`${part.name}: ${checked.findings.length} findings in ${checked.told}`);
    return { part: part.name, runs: [await checkedRun(place.cwd, part.tool, checked)], unchecked: null };
  } catch (error) {
    const { message, next } = reportOf(error);
    place.say(`${part.name}: NOT CHECKED: ${message}; ${next}`);
    return { part: part.name, runs: [uncheckedRun(part.tool, `${message}; ${next}`)], unchecked: message };
  }
}
