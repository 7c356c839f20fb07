import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRef } from '../ports/job-runner.ts';
import { existing } from './results/existing.ts';
import { takeOutputs } from './results/take.ts';

/** Where the files lie that a job keeps with its run. */
export function keptFilesPath(logs: string, { run, name }: JobRef): string {
  return join(logs, 'jobs', encodeURIComponent(run), `${encodeURIComponent(name)}.files`);
}

/** Keeps what a job names under `keep`; returns where, or null when it left none of it. */
export async function keepFiles(
  logs: string,
  ref: JobRef,
  workspace: string,
  paths: readonly string[],
): Promise<string | null> {
  const there = await existing(workspace, paths);
  if (there.length === 0) return null;
  const target = keptFilesPath(logs, ref);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true, mode: 0o700 });
  await takeOutputs(workspace, there, target);
  return target;
}
