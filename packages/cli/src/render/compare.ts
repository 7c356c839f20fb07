import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { RenderedFile } from '@kova/render/suites';
import { createTwoFilesPatch } from 'diff';
import type { Result } from '../cli.ts';

/** A rendered file beside what the repository has in its place; null when it has nothing. */
export interface Compared extends RenderedFile {
  current: string | null;
}

export function compare(repository: string, files: readonly RenderedFile[]): Promise<Compared[]> {
  return Promise.all(files.map(async (file) => ({ ...file, current: await read(join(repository, file.path)) })));
}

/** Whether what is there was written by Kova: its first line says so. */
export function wasRendered({ current, text }: Compared): boolean {
  return current?.split('\n')[0] === text.split('\n')[0];
}

/** Fails with a unified diff when a file is not as rendered. */
export function driftResult(files: readonly Compared[]): Result {
  const drifted = files.filter(({ current, text }) => current !== text);
  const view = { files: files.map(({ path }) => path), drifted: drifted.map(({ path }) => path) };
  if (drifted.length === 0) {
    const what = files.map(({ path }) => path).join(', ');
    return { view, text: what ? `${what}: as the configuration says.` : 'Nothing was rendered yet. See: kova render' };
  }
  const message = `${view.drifted.join(', ')} ${drifted.length > 1 ? 'have' : 'has'} drifted from kova.config.ts`;
  const error = reportOf(new KovaError('RENDER_DRIFTED', message));
  return { view: { ...view, diff: drifted.map(diffOf).join('') }, text: drifted.map(diffOf).join('').trimEnd(), error };
}

function diffOf({ path, current, text }: Compared): string {
  return createTwoFilesPatch(path, path, current ?? '', text, 'in the repository', 'as rendered', { context: 3 });
}

async function read(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}
