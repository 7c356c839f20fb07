import { connect } from '../../api/connect.ts';
import { findProject, secretsPath } from '../../project/project.ts';
import { type Definition, documented, withProject } from '../definition.ts';

export const removeCommand: Definition = (program, cli, done) => {
  const command = program.command('remove');
  documented(
    command,
    'remove a secret; runs and deployments that ask for it are refused then',
    'kova secrets remove NPM_TOKEN',
  );
  withProject(command)
    .argument('<name>', 'of the secret')
    .action(async (name: string, { project }: { project?: string }) => {
      const client = await connect(cli.env);
      const path = secretsPath(await findProject(cli, client, project));
      const view = await client.delete<{ name: string }>(`${path}/${encodeURIComponent(name)}`);
      done({ view, text: `${name} is removed.` });
    });
};
