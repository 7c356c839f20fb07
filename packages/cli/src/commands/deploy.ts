import { type ActOptions, actAndFollow } from './act.ts';
import { type Definition, documented, withDetach, withProject } from './definition.ts';

export const deployCommand: Definition = (program, cli, done) => {
  const command = program.command('deploy');
  documented(command, 'make a release live in an environment', 'kova deploy rel_4f3a9c0d12 --to staging');
  withDetach(withProject(command))
    .argument('<release>', 'see `kova release list`')
    .requiredOption('--to <env>', 'the environment')
    .option('--force', 'even if its commit is held there')
    .action(
      async (release: string, { to, force = false, ...options }: ActOptions & { to: string; force?: boolean }) => {
        done(await actAndFollow(cli, to, 'deployments', { release, force }, options));
      },
    );
};
