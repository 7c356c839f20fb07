import { type Accept, becameLive } from '../follow/follow.ts';
import { type ActOptions, actAndFollow } from './act.ts';
import { type Definition, documented, withDetach, withProject } from './definition.ts';

/** A deployment that was moving traffic is taken back, which is what was asked for. */
const wentBack: Accept = (deployment) =>
  becameLive(deployment) || (deployment.kind === 'deploy' && deployment.phase === 'rolled-back');

export const rollbackCommand: Definition = (program, cli, done) => {
  const command = program.command('rollback');
  documented(command, 'make the last healthy release live again', 'kova rollback', 'kova rollback staging');
  withDetach(withProject(command))
    .argument('[env]', 'the environment', 'production')
    .option('--to <release>', 'an earlier release; default: the newest healthy one')
    .action(async (environment: string, { to = null, ...options }: ActOptions & { to?: string | null }) => {
      done(await actAndFollow(cli, environment, 'rollback', { to }, options, wentBack));
    });
};
