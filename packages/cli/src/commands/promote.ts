import { type ActOptions, actAndFollow } from './act.ts';
import { type Definition, documented, withDetach, withProject } from './definition.ts';

export const promoteCommand: Definition = (program, cli, done) => {
  const command = program.command('promote');
  documented(command, 'bring what is live in the environment before to this one', 'kova promote production');
  withDetach(withProject(command))
    .argument('<env>', 'where it shall go')
    .option('--force', 'even if it has not proved itself there, or its commit is held')
    .action(async (environment: string, { force = false, ...options }: ActOptions & { force?: boolean }) => {
      done(await actAndFollow(cli, environment, 'promote', { force }, options));
    });
};
