import type { GraphJob } from './graph.ts';
import { completeJob } from './job.ts';

export const imageJobName = 'build-image';

/** Label of the process that does it: the control plane, as no job is ever given the engine. */
export const controlLabel = 'kova-control';

/** One that builds, pushes to a registry that is far, and is tried again there. */
const timeoutMs = 1_800_000;

/**
 * A graph with the job that makes an image of the release: when all others have ended, whatever came of them, from what
 * those of the names `builds` have made.
 */
export function withImageJob(graph: readonly GraphJob[], builds: readonly string[]): GraphJob[] {
  const names = graph.map(({ name }) => name);
  const job = completeJob({ run: [], needs: [...builds], timeout: timeoutMs, worker: controlLabel, cache: false });
  const needs = names.filter((name) => builds.includes(name));
  const after = names.filter((name) => !builds.includes(name));
  return [...graph, { name: imageJobName, kind: 'image', job, needs, after, values: {} }];
}
