import { resultsConformance } from './results.conformance.ts';
import { s3From } from './shared/s3.ts';
import { SharedResults } from './shared/shared-results.ts';
import { LocalResults } from './store.ts';
import { openBucket } from './testing/bucket.ts';

resultsConformance('a directory', async (directory) => ({
  results: new LocalResults(directory),
  remove: async () => undefined,
}));

resultsConformance('a bucket behind a directory', async (directory) => {
  const bucket = await openBucket();
  const objects = s3From(bucket.env.KOVA_RESULTS ?? '', bucket.env);
  const results = new SharedResults(new LocalResults(directory, { withLog: true }), objects, (words) => {
    throw new Error(words);
  });
  return { results, remove: () => bucket.remove() };
});
