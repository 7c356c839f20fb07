import { connect } from '../api/connect.ts';
import { follow } from '../follow/follow.ts';
import { type Definition, documented } from './definition.ts';

export const attachCommand: Definition = (program, cli, done) => {
  const command = program.command('attach');
  documented(
    command,
    'watch a ship, an apply or a deployment, from its beginning to its end',
    'kova attach ship_4f3a9c0d12',
  );
  command.argument('<id>', 'of a ship, an apply or a deployment').action(async (id: string) => {
    done(await follow(cli, await connect(cli.env), id));
  });
};
