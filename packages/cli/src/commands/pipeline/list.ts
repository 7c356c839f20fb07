import type { RunView } from '@kova/control/api';
import { connect } from '../../api/connect.ts';
import { projectPath } from '../../git/send.ts';
import { runTable } from '../../output/run.ts';
import { findProject } from '../../project/project.ts';
import { type Definition, documented, withProject } from '../definition.ts';

export const listCommand: Definition = (program, cli, done) => {
  const command = program.command('list');
  documented(command, 'list the runs, newest first', 'kova pipeline list');
  withProject(command).action(async ({ project }: { project?: string }) => {
    const client = await connect(cli.env);
    const runs = await client.get<RunView[]>(`${projectPath(await findProject(cli, client, project))}/runs`);
    done({ view: runs, text: runs.length > 0 ? runTable(runs) : 'There is no run yet. Next: kova pipeline run' });
  });
};
