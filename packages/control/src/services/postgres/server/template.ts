import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../../../commands/is-there.ts';
import type { Identity } from '../../../home/unprivileged.ts';
import type { Binaries } from './binaries.ts';
import { cloneTree, give } from './clone.ts';
import { runTool } from './tool.ts';

/** The superuser of every cluster. It has no password and is let in over the cluster's private socket alone. */
export const superuser = 'kova_admin';

/** What all clusters have in common. Sorted the same everywhere, whatever the system's locales. */
export const initArguments = [
  ...['--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8'],
  '--data-checksums',
];

const initTimeoutMs = 120_000;
const syncTimeoutMs = 60_000;

/**
 * Makes the data directory of a new cluster, on disk when this returns; leaves one that exists alone.
 * `initdb` takes a second, so it runs once a home and version, and each cluster is a copy of what it made.
 */
export async function prepareData(
  data: string,
  templates: string,
  binaries: Binaries,
  as: Identity | null,
): Promise<void> {
  if (await isThere(data)) return;
  const template = await ensureTemplate(templates, binaries, as);
  await whole(data, as, async (draft) => {
    await cloneTree(template, draft, as);
    await runTool([binaries.initdb, '--sync-only', '--pgdata', draft], as, syncTimeoutMs);
  });
}

async function ensureTemplate(templates: string, binaries: Binaries, as: Identity | null): Promise<string> {
  const path = join(templates, binaries.version);
  if (await isThere(path)) return path;
  await mkdir(templates, { recursive: true, mode: as ? 0o711 : 0o700 });
  const access = ['--username', superuser, '--auth-local=peer', '--auth-host=scram-sha-256'];
  const argv = [binaries.initdb, ...initArguments, ...access, '--no-instructions', '--pgdata'];
  await whole(path, as, async (draft) => {
    await mkdir(draft, { mode: 0o700 });
    await give(draft, as);
    await runTool([...argv, draft], as, initTimeoutMs);
  });
  return path;
}

/** Lets `make` fill a directory beside `path` and moves it there; when another was faster, theirs is kept. */
async function whole(path: string, as: Identity | null, make: (draft: string) => Promise<void>): Promise<void> {
  const holder = await mkdtemp(`${path}.draft-`);
  if (as) await chmod(holder, 0o711);
  try {
    const draft = join(holder, 'data');
    await make(draft);
    await rename(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(holder, { recursive: true, force: true });
  }
}
