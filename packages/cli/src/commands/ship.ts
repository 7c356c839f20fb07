import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommitView } from '@kova/control/api';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import type { Client } from '../api/client.ts';
import { connect } from '../api/connect.ts';
import type { Cli } from '../cli.ts';
import { detached, follow } from '../follow/follow.ts';
import { withBundle } from '../git/bundle.ts';
import { assertClean, assertWhole, fileAt, findRepository, resolveCommit } from '../git/repository.ts';
import { nameInConfig } from '../project/name.ts';
import { type Definition, documented, withDetach } from './definition.ts';

interface Options {
  commit?: string;
  until?: string;
  force?: boolean;
  allowDirty?: boolean;
  detach?: boolean;
  project?: string;
  dir?: string;
}

export const shipCommand: Definition = (program, cli, done) => {
  const command = program.command('ship');
  documented(
    command,
    'build a commit once and take it through the environments',
    'kova ship',
    'kova ship --commit v1.4.0 --until staging',
  );
  withDetach(command)
    .option('--commit <rev>', 'what to ship; default HEAD, of a tree without changes')
    .option('--until <env>', 'the last environment it shall reach')
    .option('--force', 'ship a commit that is held, or is live already')
    .option('--allow-dirty', 'ship HEAD without the changes that are not committed')
    .option('--project <name>', 'default: the name in kova.config.ts')
    .option('--dir <dir>', 'the repository; default: the one you are in')
    .action(async (options: Options) => {
      const work = await describeWork(cli, options);
      const client = await connect(cli.env);
      const ship = await start(client, work, options);
      done(options.detach ? detached(ship) : await follow(cli, client, ship));
    });
};

interface Work {
  repository: string;
  commit: string;
  project: string;
}

async function describeWork(cli: Cli, { dir, commit: revision, allowDirty, project }: Options): Promise<Work> {
  const repository = await findRepository(resolve(cli.cwd, dir ?? '.'));
  const commit = await resolveCommit(repository, revision ?? 'HEAD');
  if (!revision && !allowDirty) await assertClean(repository);
  const config = await fileAt(repository, commit, 'kova.config.ts');
  if (config === null) throw new KovaError('CONFIG_MISSING', `commit ${commit.slice(0, 10)} has no kova.config.ts`);
  const name = project ?? nameInConfig(config);
  if (name) return { repository, commit, project: name };
  throw new KovaError('INPUT_INVALID', 'the name of the project cannot be read from kova.config.ts', {
    next: "Write it as name: '…', or pass --project.",
  });
}

/** Sends the commit only when the control plane does not have it yet. */
async function start(
  client: Client,
  work: Work,
  { until = null, force = false }: { until?: string | null; force?: boolean },
) {
  const path = `/v1/projects/${encodeURIComponent(work.project)}`;
  const ask = () => client.post<{ ship: string }>(`${path}/ships`, { commit: work.commit, until, force });
  const begun = await ask().catch(async (error: unknown) => {
    if (!hasCode(error, 'COMMIT_NOT_FOUND')) throw error;
    await send(client, work, `${path}/commits/${work.commit}`);
    return ask();
  });
  return begun.ship;
}

async function send(client: Client, { repository, commit }: Work, path: string): Promise<CommitView> {
  await assertWhole(repository);
  return withBundle(repository, commit, async (file) => {
    const { size: bytes } = await stat(file);
    return client.put<CommitView>(path, { type: 'application/x-git-bundle', bytes, stream: createReadStream(file) });
  });
}
