// A control plane of which only the runner of jobs is there: builds a commit in a home; for tests that kill it.
import { createArtefacts } from '../../artefacts/artefacts.ts';
import { homeAt } from '../../home/home.ts';
import { appIdentity } from '../../home/unprivileged.ts';
import { createJobRunner } from '../../pipeline/runner.ts';
import { build } from './build.ts';

const [root = '', commit = ''] = process.argv.slice(2);
const home = homeAt(root);
const jobs = createJobRunner({ home, artefacts: createArtefacts(home.artefacts), as: appIdentity() });
try {
  await build(jobs, commit, { onLine: (line) => console.log(line) });
  console.log('built');
} catch (error) {
  console.log(`failed: ${(error as { code?: string }).code} ${(error as Error).message}`);
}
