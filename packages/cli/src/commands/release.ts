import type { ReleaseView, RunView } from '@kova/control/api';
import { KovaError } from '@kova/core/errors/kova-error';
import { connect } from '../api/connect.ts';
import type { Cli } from '../cli.ts';
import { since } from '../output/duration.ts';
import { renderRun } from '../output/run.ts';
import { plain, renderTable } from '../output/table.ts';
import { environmentPath, findProject } from '../project/project.ts';
import { personHere } from './act.ts';
import { type Definition, documented, withProject } from './definition.ts';

export const releaseCommand: Definition = (program, cli, done) => {
  const release = program.command('release').description('what was built');
  const list = release.command('list');
  documented(list, 'list the releases, newest first', 'kova release list');
  withProject(list).action(async ({ project }: { project?: string }) => {
    const releases = await readReleases(cli, project);
    done({ view: releases, text: releases.length > 0 ? table(releases) : 'There is no release yet. Next: kova ship' });
  });
  const show = release.command('show');
  documented(show, 'show one release, with what proved and checked it', 'kova release show rel_4f3a9c0d12');
  withProject(show)
    .argument('<id>', 'of the release')
    .action(async (id: string, { project }: { project?: string }) => {
      const found = (await readReleases(cli, project)).find((each) => each.id === id);
      if (!found) throw new KovaError('NOT_FOUND', `there is no release ${id}`, { next: 'See `kova release list`.' });
      const client = await connect(cli.env);
      const runs = [found.run, ...found.checks.map(({ run }) => run)].filter((run) => run !== null);
      const evidence = await Promise.all(runs.map((run) => client.get<RunView>(`/v1/runs/${encodeURIComponent(run)}`)));
      const text = [card(found), ...evidence.map((run) => renderRun(run))].join('\n\n');
      done({ view: { ...found, evidence }, text });
    });
  const unhold = release.command('unhold');
  const example = 'kova release unhold rel_4f3a9c0d12 --why "the outage was the provider\'s"';
  documented(unhold, 'let a commit that was rolled back be deployed again', example);
  withProject(unhold)
    .argument('<commit>', 'that is held, or its release')
    .option('--env <env>', 'the environment', 'production')
    .option('--why <reason>', 'kept with the deployment that was rolled back', '')
    .action(async (what: string, { env, why, project }: { env: string; why: string; project?: string }) => {
      const client = await connect(cli.env);
      const path = environmentPath(await findProject(cli, client, project), env);
      const { commit } = await client.post<{ commit: string }>(`${path}/unhold`, { what, why, by: personHere() });
      done({ view: { commit }, text: `Commit ${commit.slice(0, 10)} is held no more in ${env}.` });
    });
};

async function readReleases(cli: Cli, named: string | undefined): Promise<ReleaseView[]> {
  const client = await connect(cli.env);
  const project = await findProject(cli, client, named);
  return client.get<ReleaseView[]>(`/v1/projects/${encodeURIComponent(project)}/releases`);
}

function table(releases: readonly ReleaseView[]): string {
  return renderTable(
    ['RELEASE', 'COMMIT', 'BUILT', 'SIZE', 'LIVE IN', 'MESSAGE'],
    releases.map(({ id, commit, createdAt, artefactBytes, liveIn, message }) => [
      ...[id, commit.slice(0, 10), `${since(createdAt)} ago`, megabytes(artefactBytes)],
      ...[liveIn.join(', ') || '–', (message.split('\n')[0] ?? '').slice(0, 60)],
    ]),
  );
}

function card({ id, commit, author, message, createdAt, artefact, artefactBytes, image, liveIn }: ReleaseView): string {
  const rows = [
    ['release', id],
    ['commit', commit],
    ['author', plain(author)],
    ['message', plain(message)],
    ['built', `${createdAt} (${since(createdAt)} ago)`],
    ['artefact', `${artefact} (${megabytes(artefactBytes)})`],
    ...(image === null ? [] : [['image', image]]),
    ['live in', liveIn.join(', ') || '–'],
  ];
  return rows.map(([name = '', value]) => `${name.padEnd(9)} ${value}`).join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
