import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pass } from '@kova/core/verdict';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Kept, Results } from '../../ports/results.ts';

export interface ResultsWorld {
  results: Results;
  remove(): Promise<void>;
}

/** What every place that results are kept in does. */
export function resultsConformance(name: string, open: (directory: string) => Promise<ResultsWorld>): void {
  let base: string;
  let world: ResultsWorld;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'kova-results-'));
    await mkdir(join(base, 'store'), { mode: 0o700 });
    world = await open(join(base, 'store'));
  });
  afterEach(async () => {
    await world.remove();
    await rm(base, { recursive: true, force: true });
  });
  const workspace = (files: Record<string, string>) => workspaceWith(base, files);

  test(`${name}: what a job made is laid out for another as it was; the report and its files come along`, async () => {
    const { results } = world;
    const from = await workspace({ 'out/a': '1', 'out/b/c': '2', other: 'x' });
    await symlink('b/c', join(from, 'out/link'));
    await results.keep(keyOf('a'), resultOf(base, 'out'), from, await workspace({ 'report.xml': '<x/>' }));
    expect((await results.find(keyOf('a')))?.report.verdict).toEqual(pass('done'));
    const to = await workspace({});
    await results.layOut(keyOf('a'), to, null);
    expect(await readFile(join(to, 'out/link'), 'utf8')).toBe('2');
    expect(await readdir(to)).toEqual(['out']);
    await results.layOutFiles(keyOf('a'), join(to, 'files'));
    expect(await readFile(join(to, 'files/report.xml'), 'utf8')).toBe('<x/>');
  });

  test(`${name}: of one that nobody has kept there is nothing`, async () => {
    expect(await world.results.find(keyOf('b'))).toBeNull();
    await world.results.layOut(keyOf('b'), await workspace({}), null);
  });

  test(`${name}: the first result of a key stays`, async () => {
    for (const text of ['first', 'second'])
      await world.results.keep(keyOf('c'), resultOf(base, 'out'), await workspace({ out: text }));
    const to = await workspace({});
    await world.results.layOut(keyOf('c'), to, null);
    expect(await readFile(join(to, 'out'), 'utf8')).toBe('first');
  });

  test(`${name}: an output that leads out is refused, and nothing is kept`, async () => {
    const from = await workspace({});
    await symlink('/etc', join(from, 'out'));
    const keeping = world.results.keep(keyOf('d'), resultOf(base, 'out'), from);
    await expect(keeping).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
    expect(await world.results.find(keyOf('d'))).toBeNull();
  });
}

export const keyOf = (letter: string) => letter.repeat(64);

export function resultOf(base: string, ...outputs: string[]): Omit<Kept, 'bytes'> {
  return {
    report: { verdict: pass('done'), code: null, evidence: [], outputs, durationMs: 1 },
    log: join(base, 'job.log'),
  };
}

export async function workspaceWith(base: string, files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(base, 'workspace-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}
