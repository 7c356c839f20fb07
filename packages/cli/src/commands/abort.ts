import { type ActOptions, act } from './act.ts';
import { type Definition, documented, withProject } from './definition.ts';

export const abortCommand: Definition = (program, cli, done) => {
  const command = program.command('abort');
  documented(command, 'end the deployment at work; traffic it has taken goes back', 'kova abort production');
  withProject(command)
    .argument('<env>', 'the environment')
    .action(async (environment: string, options: ActOptions) => {
      const { deployment } = await act(cli, environment, 'abort', {}, options);
      done({ view: { deployment }, text: `${deployment} is being ended. See it with: kova attach ${deployment}` });
    });
};
