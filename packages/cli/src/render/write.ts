import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import type { RenderedFile } from '@kova/render/suites';
import type { Result } from '../cli.ts';
import { compare, wasRendered } from './compare.ts';

/** Writes what differs. @throws KovaError CONFLICT, before anything is written, when a file is not of Kova's making */
export async function writeFiles(repository: string, files: readonly RenderedFile[], force: boolean): Promise<Result> {
  const differing = (await compare(repository, files)).filter(({ current, text }) => current !== text);
  const foreign = differing.find((file) => file.current !== null && !wasRendered(file));
  if (foreign && !force) {
    throw new KovaError('CONFLICT', `${foreign.path} was not written by Kova`, {
      next: 'Move what it holds to another file, or pass --force to overwrite it.',
    });
  }
  for (const { path, text } of differing) {
    const file = join(repository, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const wrote = differing.map(({ path }) => path);
  const all = files.map(({ path }) => path).join(', ');
  const text = wrote.length > 0 ? `Wrote ${wrote.join(', ')}.\nNext: commit it.` : `${all}: nothing to change.`;
  return { view: { files: files.map(({ path }) => path), wrote }, text };
}
