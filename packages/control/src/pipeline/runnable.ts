import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobConfig } from '@kova/core/pipeline/job';
import { inconclusive, type Verdict } from '@kova/core/verdict';

/** Why a job cannot be run here, as an inconclusive verdict that says what to do; null when it can. */
export async function whyNotRunnable(name: string, { run }: JobConfig, workspace: string): Promise<Verdict | null> {
  const wanted = run.flatMap(([program, verb, script]) =>
    program === 'npm' && verb === 'run' && script ? [script] : [],
  );
  if (wanted.length === 0) return null;
  const scripts = await scriptsIn(workspace);
  if (scripts === null) return inconclusive(`there is no package.json; write its commands under pipeline.jobs.${name}`);
  const missing = wanted.filter((script) => !(script in scripts));
  if (missing.length === 0) return null;
  return inconclusive(`package.json has no script ${missing.join(', ')}; add it, or set pipeline.jobs.${name} to null`);
}

async function scriptsIn(workspace: string): Promise<object | null> {
  const text = await readFile(join(workspace, 'package.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { scripts } = JSON.parse(text) as { scripts?: unknown };
    return typeof scripts === 'object' && scripts !== null ? scripts : {};
  } catch {
    // What is wrong with it is told best by npm itself.
    return Object.fromEntries([]);
  }
}
