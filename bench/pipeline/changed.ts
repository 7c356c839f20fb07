import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figure, figure } from '../result.ts';
import { kept } from './cached.ts';
import { requireDone, type Shop } from './shop.ts';

const changed = 'tests/e2e/browsing.spec.ts';
/** What depends on it: the browser's tests, and what looks at all files. */
const expected = ['code-quality', 'e2e-tests'];

/** One file is changed: only the jobs that depend on it are run. To be measured when the results of all are known. */
export async function oneChanged(shop: Shop): Promise<Figure[]> {
  await appendFile(join(shop.directory, changed), '\n// Changed.\n');
  await shop.commit('Change one file');
  const timed = await shop.prove(...kept);
  requireDone(timed);
  const ran = timed.run.jobs.filter((job) => !job.cached).map(({ name }) => name);
  const missing = expected.filter((name) => !ran.includes(name));
  if (missing.length > 0) throw new Error(`taken from before though changed: ${missing.join(', ')}`);
  const note = `${changed} was changed: ${ran.join(', ')} of ${timed.run.jobs.length} jobs were run, in ${Math.round(timed.wallMs)} ms`;
  const more = ran.filter((name) => !expected.includes(name));
  return [figure('pipeline.changed.jobs_too_many', more.length, 'jobs', 1, note)];
}
