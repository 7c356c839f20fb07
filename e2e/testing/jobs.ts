import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunView } from '@kova/control/api';
import type { TestKova } from './kova.ts';

/** A job that runs a script, with further keys of its configuration. */
export interface ScriptJob {
  /** JavaScript, as a module. */
  script: string;
  more?: string;
}

/** Proves a commit with these jobs, and the gates as JavaScript; returns the run when it has ended. */
export async function runJobs(kova: TestKova, jobs: Record<string, ScriptJob>, gates = '{}'): Promise<RunView> {
  return kova.proved(await startJobs(kova, jobs, gates));
}

/** The same; returns the run at once. */
export async function startJobs(kova: TestKova, jobs: Record<string, ScriptJob>, gates = '{}'): Promise<string> {
  const entries = Object.entries(jobs);
  const wishes = entries.map(([name, { more = '' }]) => `'${name}': { run: ['node jobs/${name}.mjs'], ${more} },`);
  const commit = await kova.send({
    text: `jobs ${entries.map(([name]) => name).join(', ')}`,
    files: Object.fromEntries(entries.map(([name, { script }]) => [`jobs/${name}.mjs`, `${script}\n`])),
    pipeline: `{ use: 'none', gates: ${gates}, jobs: { ${wishes.join('\n')} } }`,
  });
  return kova.prove(commit);
}

/** The log of a job that has ended. */
export function logOf(kova: TestKova, run: string, job: string): string {
  return readFileSync(join(kova.home, 'logs/jobs', run, `${job}.log`), 'utf8');
}
