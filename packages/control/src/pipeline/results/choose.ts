import { KovaError } from '@kova/core/errors/kova-error';
import type { Home } from '../../home/home.ts';
import type { Results } from '../../ports/results.ts';
import { s3From } from './shared/s3.ts';
import { SharedResults } from './shared/shared-results.ts';
import { LocalResults } from './store.ts';

/** In the home; with KOVA_RESULTS also in a bucket, which other machines see. @throws KovaError INPUT_INVALID */
export function resultsOf(home: Home, env: NodeJS.ProcessEnv, say: (words: string) => void): Results {
  if (!env.KOVA_RESULTS) return new LocalResults(home.results);
  const local = new LocalResults(home.results, { withLog: true });
  return new SharedResults(local, s3From(env.KOVA_RESULTS, env), say, { maxBytes: limitOf(env.KOVA_RESULTS_GB) });
}

function limitOf(gigabytes: string | undefined): number | null {
  if (!gigabytes) return null;
  if (Number(gigabytes) > 0) return Number(gigabytes) * 1024 ** 3;
  throw new KovaError('INPUT_INVALID', `KOVA_RESULTS_GB is ${gigabytes}`, { next: 'Write a number above 0.' });
}
