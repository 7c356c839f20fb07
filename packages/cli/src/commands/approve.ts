import { type ActOptions, act } from './act.ts';
import { type Definition, documented, withProject } from './definition.ts';

export const approveCommand: Definition = (program, cli, done) => {
  const command = program.command('approve');
  documented(command, 'say yes to the deployment that waits for it', 'kova approve production');
  withProject(command)
    .argument('<env>', 'the environment')
    .option('--by <name>', 'who says yes; default: your user name')
    .action(async (environment: string, { by, ...options }: ActOptions & { by?: string }) => {
      const { deployment } = await act(cli, environment, 'approve', by ? { by } : {}, options);
      done({ view: { deployment }, text: `Approved: ${deployment}. See it with: kova attach ${deployment}` });
    });
};
