// A control plane of which only the builder is there: builds a commit in a home; for tests that kill it.
import { createArtefacts } from '../../artefacts/artefacts.ts';
import { homeAt } from '../../home/home.ts';
import { appIdentity } from '../../home/unprivileged.ts';
import { createBuilder } from '../builder.ts';
import { request } from './world.ts';

const [root = '', commit = ''] = process.argv.slice(2);
const home = homeAt(root);
const builder = createBuilder({ home, artefacts: createArtefacts(home.artefacts), as: appIdentity() });
try {
  await builder.build(request(commit, (line) => console.log(line)));
  console.log('built');
} catch (error) {
  console.log(`failed: ${(error as { code?: string }).code} ${(error as Error).message}`);
}
