import type { Secret } from '@kova/core/secret';
import { createArtefacts } from './artefacts/artefacts.ts';
import { baseImage } from './engine/app-image.ts';
import { engineClient } from './engine/client.ts';
import type { Home } from './home/home.ts';
import { createSeal } from './home/seal.ts';
import { sealKey } from './home/seal-key.ts';
import type { Identity } from './home/unprivileged.ts';
import { createImages } from './images/images.ts';
import { registryLogin } from './images/registry-login.ts';
import { resultsOf } from './pipeline/results/choose.ts';
import { createJobRunner } from './pipeline/runner.ts';
import { say } from './process-log.ts';
import { givenSecrets } from './secrets/given.ts';
import { createVault } from './secrets/vault.ts';
import { Bell } from './store/bell.ts';
import type { Store } from './store/connect.ts';

interface Place {
  home: Home;
  env: NodeJS.ProcessEnv;
  db: Store;
  /** Of the store. */
  url: Secret;
  /** Whom jobs run as. */
  as: Identity | null;
}

/** What runs jobs, put together alike for the control plane and for workers. @throws KovaError INPUT_INVALID */
export async function assembleJobs({ home, env, db, url, as }: Place) {
  const artefacts = createArtefacts(home.artefacts);
  const jobs = createJobRunner({ home, artefacts, as, results: resultsOf(home, env, say) });
  const key = await sealKey(home.keys, env);
  const seal = createSeal(key);
  const vault = createVault({ db, seal, key, given: givenSecrets(env) });
  const credentialsOf = (project: string, image: string) => registryLogin({ db, vault, env }, project, image);
  const images = createImages({
    ...{ engine: () => engineClient(env), home, artefacts, credentialsOf },
    ...{ baseImage: baseImage(env), network: env.KOVA_BUILD_NETWORK },
  });
  return { artefacts, jobs, images, credentialsOf, seal, vault, bell: new Bell(url) };
}
