import { connect } from '../../api/connect.ts';
import { projectPath } from '../../git/send.ts';
import { findProject } from '../../project/project.ts';
import { type Definition, documented, withProject } from '../definition.ts';

export const disconnectCommand: Definition = (program, cli, done) => {
  const command = program.command('disconnect');
  documented(
    command,
    'forget the repository and its secrets; work that has begun goes on',
    'kova repository disconnect',
  );
  withProject(command).action(async ({ project: named }: { project?: string }) => {
    const client = await connect(cli.env);
    const project = await findProject(cli, client, named);
    const view = await client.post<{ project: string }>(`${projectPath(project)}/repository/disconnect`, {});
    done({ view, text: `${project} is connected to no repository any more. Remove the webhook at the provider, too.` });
  });
};
