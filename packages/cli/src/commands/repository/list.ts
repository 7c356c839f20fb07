import type { RepositoryView } from '@kova/control/api';
import { connect } from '../../api/connect.ts';
import { renderTable } from '../../output/table.ts';
import { type Definition, documented } from '../definition.ts';

export const listCommand: Definition = (program, cli, done) => {
  const command = program.command('list');
  documented(command, 'list the projects that are connected to a repository', 'kova repository list');
  command.action(async () => {
    const client = await connect(cli.env);
    const views = await client.get<RepositoryView[]>('/v1/repositories');
    done({ view: views, text: views.length > 0 ? table(views) : 'None is connected. Next: kova repository connect' });
  });
};

function table(views: readonly RepositoryView[]): string {
  return renderTable(
    ['PROJECT', 'REPOSITORY', 'SHIPPED', 'LAST'],
    views.map(({ project, url, branches, triggers: [last] }) => [
      ...[project, url, branches.join(', ')],
      last ? `${last.state}: ${last.reason}` : '–',
    ]),
  );
}
