import type { RunView } from '@kova/control/api';
import { connect } from '../../api/connect.ts';
import { personHere } from '../act.ts';
import { type Definition, documented } from '../definition.ts';

export const cancelCommand: Definition = (program, cli, done) => {
  const command = program.command('cancel');
  documented(command, 'end a run; nothing of its jobs goes on', 'kova pipeline cancel run_4f3a9c0d12');
  command.argument('<run>', 'its id').action(async (id: string) => {
    const client = await connect(cli.env);
    const view = await client.post<RunView>(`/v1/runs/${encodeURIComponent(id)}/cancel`, { by: personHere() });
    done({ view, text: `${id} is being ended. See it with: kova pipeline show ${id}` });
  });
};
