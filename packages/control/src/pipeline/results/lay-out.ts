import { chown, lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { run } from '../../commands/run.ts';
import type { Identity } from '../../home/unprivileged.ts';

const limitMs = 300_000;

/**
 * Lays a tree out again at a path of a workspace in which nobody works yet. What is installed is many files that nobody
 * changes: those are linked, and cannot be written to; all else is copied, as a job may well write to what another has
 * made. @throws KovaError ARTEFACT_UNSAFE when a link of the checkout is in the way: it could lead anywhere
 */
export async function layOutTree(
  source: string,
  workspace: string,
  path: string,
  as: Identity | null,
  how: 'linked' | 'copied' = path.split('/').includes('node_modules') ? 'linked' : 'copied',
): Promise<void> {
  await makeParents(workspace, path, as);
  const target = join(workspace, path);
  const linked = how === 'linked';
  const options = linked ? ['-alf'] : ['-a', '--reflink=auto'];
  await tool(['cp', ...options, '-T', source, target]);
  if (!as) return;
  const owner = `${as.uid}:${as.gid}`;
  if (linked) await tool(['find', target, '-type', 'd', '-exec', 'chown', owner, '{}', '+']);
  else await tool(['chown', '-R', '-h', owner, target]);
}

/** The directories on the way, which belong to the job like all else in its workspace. */
async function makeParents(workspace: string, path: string, as: Identity | null): Promise<void> {
  const names = path.split('/').filter((name) => name !== '.' && name !== '');
  for (let count = 1; count <= names.length; count += 1) {
    const at = join(workspace, ...names.slice(0, count));
    const there = await lstat(at).catch(() => null);
    const link = there?.isSymbolicLink() ?? false;
    // What is laid out takes the place of a link itself.
    if (link && count === names.length) await rm(at);
    else if (link) throw new KovaError('ARTEFACT_UNSAFE', `${path} is reached by a link of the checkout`);
    if (there || count === names.length) continue;
    await mkdir(at);
    if (as) await chown(at, as.uid, as.gid);
  }
}

async function tool(argv: string[]): Promise<void> {
  const { exitCode, tail } = await run({ argv, env: { PATH: '/usr/bin:/bin' }, timeoutMs: limitMs });
  if (exitCode === 0) return;
  const words = tail.slice(-3).join('\n');
  const code = /No space left on device/.test(words) ? 'DISK_FULL' : 'COMMAND_FAILED';
  throw new KovaError(code, `${argv[0]} failed: ${words}`);
}
