import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { isThere } from '../../commands/is-there.ts';

const names = z.record(z.string(), z.unknown()).default({});
const manifest = z.object({ dependencies: names, optionalDependencies: names, peerDependencies: names });

/** A package where npm has put it. */
export interface InstalledPackage {
  directory: string;
  /** The links in a `node_modules` by which others find it: of workspaces. */
  links: Set<string>;
}

/** The package in a directory and all that it needs to run, by their directories, as Node looks them up. */
export async function withDependencies(directory: string): Promise<InstalledPackage[]> {
  const found = new Map<string, InstalledPackage>();
  await collect(await realpath(directory), found);
  return [...found.values()];
}

async function collect(directory: string, found: Map<string, InstalledPackage>): Promise<void> {
  found.set(directory, { directory, links: new Set() });
  const needs = manifest.parse(JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')));
  const wanted = { ...needs.dependencies, ...needs.optionalDependencies, ...needs.peerDependencies };
  for (const name of Object.keys(wanted)) {
    const path = await lookUp(name, directory);
    // Of another platform, or optional.
    if (path === null) continue;
    const real = await realpath(path);
    if (!found.has(real)) await collect(real, found);
    if (real !== path) found.get(real)?.links.add(path);
  }
}

async function lookUp(name: string, from: string): Promise<string | null> {
  const path = join(from, 'node_modules', name);
  if (await isThere(join(path, 'package.json'))) return path;
  return from === dirname(from) ? null : lookUp(name, dirname(from));
}
