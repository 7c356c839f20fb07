import { join } from 'node:path';
import { cannotCheck } from '../check.ts';
import { buildDirectories, isDirectory, loadedFiles } from './files.ts';
import { nextFiles, nextRoutes } from './next.ts';
import { type BundleReport, bundleReport } from './report.ts';
import type { Libraries } from './weigh.ts';

/**
 * Weighs what the last build of the app sends to browsers.
 * @param named directories to weigh; else Next.js' build or one of the usual places
 * @throws KovaError CHECK_IMPOSSIBLE when there is no build
 */
export async function weighBundle(cwd: string, named: readonly string[], libraries: Libraries): Promise<BundleReport> {
  const next = join(cwd, '.next');
  if (named.length === 0 && (await isDirectory(join(next, 'static')))) {
    return bundleReport(await nextFiles(next), await nextRoutes(next), libraries);
  }
  const directories = await buildDirectories(cwd, named);
  const prefix = (directory: string) => (directories.length > 1 ? `${directory}/` : '');
  const files = await Promise.all(directories.map((each) => loadedFiles(join(cwd, each), prefix(each))));
  if (files.flat().length === 0) {
    throw cannotCheck(`there is nothing for browsers in ${directories.join(', ')}`, 'build the app, or use --dir');
  }
  return bundleReport(files.flat(), [], libraries);
}
