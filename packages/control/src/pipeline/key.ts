import { createHash } from 'node:crypto';
import type { ProjectConfig } from '@kova/core/config/schema';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { git, refOf } from '../build/git.ts';

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

/**
 * For each job the digest of all that its result depends on.
 * @param graph each after all that it needs
 * @param secrets digests of the values that jobs are given
 */
export async function jobKeys(
  repository: string,
  commit: string,
  config: ProjectConfig,
  graph: readonly GraphJob[],
  place: Place,
  secrets: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const contents = memo((inputs: readonly string[]) => contentsOf(repository, commit, inputs));
  const keys = new Map<string, string>();
  for (const { name, job, needs, values } of graph) {
    const { needs: _, inputs, carry, timeout, memory, retries, backoff, cache, worker, matrix, ...wish } = job;
    const served = job.serve ? { app: config.app, database: config.database } : null;
    const all = {
      ...{ format, place, values, wish, served },
      inputs: await contents(inputs),
      needs: needs.map((need) => keys.get(need)),
      secrets: secrets.get(name),
    };
    keys.set(name, createHash('sha256').update(JSON.stringify(all)).digest('hex'));
  }
  return keys;
}

/** What git knows of the paths: mode, kind, digest and name of each; what is not there has no line. */
async function contentsOf(repository: string, commit: string, inputs: readonly string[]): Promise<string[]> {
  if (inputs.includes('.')) return git(repository, ['rev-parse', `${refOf(commit)}^{tree}`]);
  const paths = inputs.map((path) => path.replace(/\/+$/, ''));
  return git(repository, ['ls-tree', '--full-tree', refOf(commit), '--', ...paths]);
}

function memo<T>(look: (inputs: readonly string[]) => Promise<T>): (inputs: readonly string[]) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (inputs) => {
    const key = inputs.join('\n');
    const found = known.get(key) ?? look(inputs);
    known.set(key, found);
    return found;
  };
}
