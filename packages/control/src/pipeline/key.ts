import { createHash } from 'node:crypto';
import type { ProjectConfig } from '@kova/core/config/schema';
import type { GraphJob } from '@kova/core/pipeline/graph';
import pMap from 'p-map';
import { git, refOf } from '../build/git.ts';

/** How many at a time ask git. */
const lookups = 4;
/** Changes when a result is kept in another way. */
const format = 1;

/** Where a job is run: another place gives other results. */
export interface Place {
  node: string;
  platform: string;
  arch: string;
  /** Whose results are not to be mixed with others'. */
  scope?: string;
}

/** What a commit has at some paths, in words that differ when any of it does. */
export type Contents = (inputs: readonly string[]) => Promise<readonly string[]>;

/**
 * For each job the digest of all that its result depends on.
 * @param graph each after all that it needs
 * @param secrets digests of the values that jobs are given
 */
export async function jobKeys(
  contents: Contents,
  config: ProjectConfig,
  graph: readonly GraphJob[],
  place: Place,
  secrets: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const keys = new Map<string, string>();
  const seen = await pMap(graph, ({ job }) => contents(job.inputs), { concurrency: lookups });
  for (const [index, { name, job, needs, values }] of graph.entries()) {
    const { needs: _, inputs: __, carry, timeout, memory, retries, backoff, cache, worker, matrix, ...wish } = job;
    const served = job.serve ? { app: config.app, database: config.database } : null;
    const all = {
      ...{ format, place, values, wish, served },
      inputs: seen[index],
      needs: needs.map((need) => keys.get(need)),
      secrets: secrets.get(name),
    };
    keys.set(name, createHash('sha256').update(JSON.stringify(all)).digest('hex'));
  }
  return keys;
}

/** What git knows of the paths: mode, kind, digest and name of each; what is not there has no line. */
export async function contentsOf(repository: string, commit: string, inputs: readonly string[]): Promise<string[]> {
  if (inputs.includes('.')) return git(repository, ['rev-parse', `${refOf(commit)}^{tree}`]);
  const paths = inputs.map((path) => path.replace(/\/+$/, ''));
  return git(repository, ['ls-tree', '--full-tree', refOf(commit), '--', ...paths]);
}
