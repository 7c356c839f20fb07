import { type ErrorCode, errorCodes } from '@kova/core/errors/codes';
import { KovaError } from '@kova/core/errors/kova-error';
import { expand, withNeeds } from '@kova/core/pipeline/graph';
import { resolveJobs } from '@kova/core/pipeline/resolve';
import { buildJobs } from '@kova/core/pipeline/standard';
import type { BuiltRelease } from '../../ports/builder.ts';
import type { JobRunner } from '../../ports/job-runner.ts';

let runs = 0;

interface BuildOptions {
  /** Each line that the jobs print, as it comes. */
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

/** Builds a commit as a ship does, without the workflows: the jobs that build, one after the other, then the release. */
export async function build(jobs: JobRunner, commit: string, options: BuildOptions = {}): Promise<BuiltRelease> {
  const { onLine = () => {}, signal = new AbortController().signal } = options;
  const project = 'shop';
  const config = await jobs.configure(project, commit, signal);
  const graph = withNeeds(expand(resolveJobs(config)), Object.keys(buildJobs(config)));
  const keys = await jobs.keys(project, commit, config, graph, { scope: null, secrets: new Map() });
  runs += 1;
  const run = `run_${process.pid}_${runs}`;
  const done: string[] = [];
  for (const job of graph) {
    const key = keys.get(job.name) ?? '';
    const request = {
      ...{ run, name: job.name, project, commit, config, job, key, needs: [...done] },
      scope: null,
      target: null,
      secrets: {},
      signal,
    };
    const working = jobs.run(request);
    const ended = working.then(
      () => true,
      () => true,
    );
    const finished = async () => Promise.race([ended, new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
    for await (const lines of jobs.log(request, finished, AbortSignal.timeout(60_000)))
      for (const line of lines.split('\n')) onLine(line);
    const { verdict, code } = await working;
    if (verdict.outcome !== 'pass') throw new KovaError(known(code), verdict.reason);
    done.push(key);
  }
  return jobs.release({ project, commit, config, needs: done, signal });
}

function known(code: ErrorCode | null): ErrorCode {
  return code !== null && code in errorCodes ? code : 'INTERNAL';
}
