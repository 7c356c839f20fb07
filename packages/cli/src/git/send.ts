import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommitView } from '@kova/control/api';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { together } from '@kova/core/together';
import type { Client } from '../api/client.ts';
import type { Cli } from '../cli.ts';
import { nameInConfig } from '../project/name.ts';
import { assertClean, assertWhole, checkedOut, fileAt, resolveCommit } from './repository.ts';

/** A commit of a project that is to be worked on. */
export interface Work {
  /** A directory in it. */
  repository: string;
  commit: string;
  project: string;
  /** The branch that is checked out, when it is its head that is worked on. */
  branch: string | null;
}

export interface WorkOptions {
  commit?: string;
  allowDirty?: boolean;
  project?: string;
  dir?: string;
}

/** @throws KovaError REPOSITORY_DIRTY, CONFIG_MISSING, INPUT_INVALID */
export async function describeWork(cli: Cli, options: WorkOptions): Promise<Work> {
  const { dir, commit: revision, allowDirty, project } = options;
  const repository = resolve(cli.cwd, dir ?? '.');
  const [{ commit, branch }, config] = await together([
    revision ? named(repository, revision) : head(repository, allowDirty ?? false),
    fileAt(repository, revision ?? 'HEAD', 'kova.config.ts'),
  ]);
  if (config === null) throw new KovaError('CONFIG_MISSING', `commit ${commit.slice(0, 10)} has no kova.config.ts`);
  const name = project ?? nameInConfig(config);
  if (name) return { repository, commit, project: name, branch };
  throw new KovaError('INPUT_INVALID', 'the name of the project cannot be read from kova.config.ts', {
    next: "Write it as name: '…', or pass --project.",
  });
}

/** The work, and a client of the control plane, which is loaded while git is asked. @throws KovaError as describeWork */
export function beginWork(cli: Cli, options: WorkOptions): Promise<[Work, Client]> {
  const connected = import('../api/connect.ts').then(({ connect }) => connect(cli.env));
  return together([describeWork(cli, options), connected]);
}

async function named(repository: string, revision: string): Promise<Pick<Work, 'commit' | 'branch'>> {
  return { commit: await resolveCommit(repository, revision), branch: null };
}

async function head(repository: string, allowDirty: boolean): Promise<Pick<Work, 'commit' | 'branch'>> {
  const found = await checkedOut(repository);
  if (!allowDirty) assertClean(found);
  return found;
}

export const projectPath = (project: string) => `/v1/projects/${encodeURIComponent(project)}`;

/** Asks for something about a commit; sends the commit first when the control plane does not have it yet. */
export async function withCommit<T>(client: Client, work: Work, ask: () => Promise<T>): Promise<T> {
  return ask().catch(async (error: unknown) => {
    if (!hasCode(error, 'COMMIT_NOT_FOUND')) throw error;
    await send(client, work);
    return ask();
  });
}

async function send(client: Client, { repository, commit, project }: Work): Promise<CommitView> {
  await assertWhole(repository);
  const { withBundle } = await import('./bundle.ts');
  const path = `${projectPath(project)}/commits/${commit}`;
  return withBundle(repository, commit, async (file) => {
    const { size: bytes } = await stat(file);
    return client.put<CommitView>(path, { type: 'application/x-git-bundle', bytes, stream: createReadStream(file) });
  });
}
