import { connect } from '../api/connect.ts';
import { type ActOptions, act, personHere } from './act.ts';
import { type Definition, documented, withProject } from './definition.ts';

export const abortCommand: Definition = (program, cli, done) => {
  const command = program.command('abort');
  documented(
    command,
    'end the deployment at work, a ship or an apply; traffic it has taken goes back',
    'kova abort production',
    'kova abort ship_4f3a9c0d12',
  );
  withProject(command)
    .argument('<env|id>', 'the environment, or the id of a ship or an apply: what it is at ends')
    .action(async (what: string, options: ActOptions) => {
      const told = (id: string) => `${id} is being ended. See it with: kova attach ${id}`;
      const kind = what.startsWith('ship_') ? 'ship' : what.startsWith('apply_') ? 'apply' : null;
      if (kind) {
        const client = await connect(cli.env);
        const all = kind === 'ship' ? 'ships' : 'applies';
        await client.post(`/v1/${all}/${encodeURIComponent(what)}/abort`, { by: personHere() });
        done({ view: { [kind]: what }, text: told(what) });
      } else {
        const { deployment } = await act(cli, what, 'abort', {}, options);
        done({ view: { deployment }, text: told(deployment) });
      }
    });
};
