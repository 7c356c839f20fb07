import type { StatusView } from '@kova/control/api';
import { connect } from '../api/connect.ts';
import { statusText } from '../output/status.ts';
import { type Definition, documented, withProject } from './definition.ts';

export const statusCommand: Definition = (program, cli, done) => {
  const command = program.command('status');
  documented(command, 'show every environment: what is live, what is at work, what waits', 'kova status');
  withProject(command).action(async ({ project }: { project?: string }) => {
    const status = await (await connect(cli.env)).get<StatusView>('/v1/status');
    const projects = status.projects.filter(({ name }) => project === undefined || name === project);
    const view = { ...status, projects };
    done({ view, text: statusText(view) });
  });
};
