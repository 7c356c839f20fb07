import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Place } from '../check.ts';

/** Where a report lies, as seen from the app. */
export const reportPath = (name: string) => `reports/${name}`;

/** Writes a report below `reports/` and says so. */
export async function writeReport(place: Place, name: string, content: string | object): Promise<void> {
  const path = join(place.cwd, reportPath(name));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  place.say(`written to ${reportPath(name)}`);
}

/** A report of an earlier run must not be taken for this one's. */
export async function dropReport(place: Place, name: string): Promise<void> {
  await rm(join(place.cwd, reportPath(name)), { force: true });
}
