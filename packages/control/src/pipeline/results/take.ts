import { mkdir, realpath, rename } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { run } from '../../commands/run.ts';

const limitMs = 300_000;

/**
 * Moves the outputs of a job out of its workspace; from here on they belong to Kova and nobody else writes to them.
 * @throws KovaError ARTEFACT_UNSAFE when one is not inside the workspace
 */
export async function takeOutputs(workspace: string, outputs: readonly string[], target: string): Promise<void> {
  const root = await realpath(workspace);
  for (const path of outputs) {
    await assertInside(root, path);
    await mkdir(dirname(join(target, path)), { recursive: true, mode: 0o700 });
    await rename(join(root, path), join(target, path));
  }
  if (outputs.length > 0) await takeOver(target);
}

/** A link that stays inside is kept as a link. */
async function assertInside(root: string, path: string): Promise<void> {
  const parent = await realpath(dirname(join(root, path)));
  const target = await realpath(join(root, path)).catch(() => parent);
  if ([parent, target].every((place) => place === root || place.startsWith(root + sep))) return;
  throw new KovaError('ARTEFACT_UNSAFE', `the output ${path} leads out of the job's directory`);
}

/** Root's, or else read-only: what is laid out by links must not be changed through one of them. */
async function takeOver(target: string): Promise<void> {
  const argv =
    process.getuid?.() === 0
      ? ['chown', '-R', '-h', '0:0', target]
      : ['find', target, '-type', 'f', '-exec', 'chmod', 'a-w', '{}', '+'];
  const { exitCode, tail } = await run({ argv, env: { PATH: '/usr/bin:/bin' }, timeoutMs: limitMs });
  if (exitCode !== 0) throw new KovaError('COMMAND_FAILED', `${argv[0]} failed: ${tail.slice(-3).join('\n')}`);
}
