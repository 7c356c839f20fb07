import { connect } from '../api/connect.ts';
import { type ActOptions, act, personHere } from './act.ts';
import { type Definition, documented, withProject } from './definition.ts';

export const abortCommand: Definition = (program, cli, done) => {
  const command = program.command('abort');
  documented(
    command,
    'end the deployment at work, or a ship; traffic it has taken goes back',
    'kova abort production',
    'kova abort ship_4f3a9c0d12',
  );
  withProject(command)
    .argument('<env|ship>', 'the environment, or the id of a ship: its build ends, or its deployment')
    .action(async (what: string, options: ActOptions) => {
      const told = (id: string) => `${id} is being ended. See it with: kova attach ${id}`;
      if (what.startsWith('ship_')) {
        const client = await connect(cli.env);
        await client.post(`/v1/ships/${encodeURIComponent(what)}/abort`, { by: personHere() });
        done({ view: { ship: what }, text: told(what) });
      } else {
        const { deployment } = await act(cli, what, 'abort', {}, options);
        done({ view: { deployment }, text: told(deployment) });
      }
    });
};
