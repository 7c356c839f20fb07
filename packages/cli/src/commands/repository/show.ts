import type { RepositoryView } from '@kova/control/api';
import { formatDuration } from '@kova/core/config/duration';
import { connect } from '../../api/connect.ts';
import { projectPath } from '../../git/send.ts';
import { since } from '../../output/duration.ts';
import { plain, renderTable } from '../../output/table.ts';
import { findProject } from '../../project/project.ts';
import { type Definition, documented, withProject } from '../definition.ts';

export const showCommand: Definition = (program, cli, done) => {
  const command = program.command('show');
  documented(command, 'show how a project is connected, and what its pushes led to', 'kova repository show');
  withProject(command).action(async ({ project }: { project?: string }) => {
    const client = await connect(cli.env);
    const view = await client.get<RepositoryView>(`${projectPath(await findProject(cli, client, project))}/repository`);
    done({ view, text: card(view) });
  });
};

function card(view: RepositoryView): string {
  const poll = view.pollMs === null ? 'no' : `every ${formatDuration(view.pollMs)}`;
  const rows = [
    ['repository', `${view.url} (${view.provider})`],
    ['shipped', view.branches.join(', ')],
    ['proved', view.proved.join(', ') || '–'],
    ['pull requests', { none: 'no', own: 'of the repository itself', all: 'all' }[view.pullRequests]],
    ['webhook', view.hook ?? 'none'],
    ['polled', view.pollProblem === null ? poll : `${poll}; failed: ${view.pollProblem}`],
    ['token', view.hasToken ? 'kept, sealed' : 'none'],
  ] as const;
  const lines = rows.map(([name, value]) => `${name.padEnd(14)} ${plain(value)}`);
  return [...lines, '', triggers(view)].join('\n');
}

function triggers({ triggers: list }: RepositoryView): string {
  if (list.length === 0) return 'Nothing was pushed yet.';
  return renderTable(
    ['TRIGGER', 'WHEN', 'BRANCH', 'COMMIT', 'STATE', 'LED TO', 'REASON'],
    list.map(({ id, createdAt, branch, commit, state, ship, run, reason, statuses }) => {
      const problem = statuses.find((status) => status.problem !== null)?.problem;
      const told = problem ? `; the provider was not told: ${problem}` : '';
      return [
        ...[id, `${since(createdAt)} ago`, branch, commit.slice(0, 10), state],
        ship ?? run ?? '–',
        `${reason}${told}`,
      ];
    }),
  );
}
