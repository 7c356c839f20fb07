import type { SecretView } from '@kova/control/api';
import { connect } from '../../api/connect.ts';
import { since } from '../../output/duration.ts';
import { renderTable } from '../../output/table.ts';
import { findProject, secretsPath } from '../../project/project.ts';
import { type Definition, documented, withProject } from '../definition.ts';

export const listCommand: Definition = (program, cli, done) => {
  const command = program.command('list');
  documented(command, 'list the secrets and who asks for them, without their values', 'kova secrets list');
  withProject(command).action(async ({ project }: { project?: string }) => {
    const client = await connect(cli.env);
    const secrets = await client.get<SecretView[]>(secretsPath(await findProject(cli, client, project)));
    const text = secrets.length > 0 ? table(secrets) : 'There is no secret yet. Next: kova secrets set NAME';
    done({ view: secrets, text });
  });
};

function table(secrets: readonly SecretView[]): string {
  return renderTable(
    ['NAME', 'SET', 'BY', 'JOBS', 'ENVIRONMENTS'],
    secrets.map(({ name, setAt, setBy, jobs, environments }) => [
      ...[name, `${since(setAt)} ago`, setBy],
      ...(jobs === null
        ? ['not known before the first run', '']
        : [jobs.join(', ') || 'none', environments?.join(', ') || 'none']),
    ]),
  );
}
