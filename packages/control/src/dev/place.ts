import { createHash } from 'node:crypto';
import { access, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { AlreadyRunning, takeLock } from '@kova/edge/lock';
import { explainDiskFull } from '../artefacts/disk-full.ts';
import { type Home, homeAt, makeDirectories } from '../home/home.ts';
import { killLaunches } from '../runtimes/process/system/terminate.ts';

/** Where a project's development environment keeps what it needs. */
export interface Place {
  /** The project: where kova.config.ts lies. */
  project: string;
  /** `.kova/dev` in it. */
  root: string;
  /** Databases, keys and logs, laid out as in Kova's own home. */
  home: Home;
  tls: string;
  redis: string;
  /** The addresses as the app has them, for the person's own tools. */
  connect: string;
  lock: string;
  /** What its processes carry, so that they can be found when nobody watches them any more. */
  mark: string;
}

/** @throws KovaError NOT_FOUND, CONFIG_MISSING */
export async function placeOf(directory: string): Promise<Place> {
  const project = await realpath(directory).catch(() => {
    throw new KovaError('NOT_FOUND', `there is no directory ${directory}`, { next: 'Check the path.' });
  });
  await access(join(project, 'kova.config.ts')).catch(() => {
    throw new KovaError('CONFIG_MISSING', `${project} has no kova.config.ts`, {
      next: 'Run `kova init` in the folder of the app, then `kova dev` there.',
    });
  });
  const root = join(project, '.kova', 'dev');
  const at = (name: string) => join(root, name);
  const mark = `dev-${createHash('sha256').update(project).digest('hex').slice(0, 16)}`;
  return {
    ...{ project, root, mark, home: homeAt(root) },
    ...{ tls: at('tls'), redis: at('redis'), connect: at('connect.env'), lock: at('lock') },
  };
}

/** Makes the directories and keeps git from seeing them. Idempotent. @throws KovaError DISK_FULL */
export async function preparePlace({ project, root, home, tls, redis }: Place): Promise<void> {
  try {
    const { postgres, toolchain, keys, logs } = home;
    await makeDirectories({ shared: [root, postgres, toolchain], own: [keys, logs, tls, redis] });
    await writeFile(join(project, '.kova', '.gitignore'), '*\n', { flag: 'wx' }).catch(keepExisting);
  } catch (error) {
    throw explainDiskFull(error, 'making directories', root);
  }
}

/**
 * Makes this process the only one at work in the place, until it ends or calls what is returned, and ends what one that
 * was killed has left running. @throws KovaError ALREADY_RUNNING
 */
export async function takeOver({ project, lock, mark }: Place): Promise<() => Promise<void>> {
  await takeLock(lock).catch(async (error: unknown) => {
    if (!(error instanceof AlreadyRunning)) throw error;
    const [pid] = (await readFile(lock, 'utf8').catch(() => '')).split(' ');
    throw new KovaError(
      'ALREADY_RUNNING',
      `the development environment of ${project} runs already, as process ${pid}`,
      {
        next: `End it with Ctrl-C in its terminal, or with \`kill ${pid}\`.`,
      },
    );
  });
  await killLaunches((launch) => launch.startsWith(`${mark}.`));
  return () => rm(lock, { force: true });
}

function keepExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
