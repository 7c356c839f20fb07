import { together } from '@kova/core/together';
import { beginWork, projectPath, type WorkOptions, withCommit } from '../git/send.ts';
import { type Definition, documented, withCommitOptions, withDetach } from './definition.ts';

interface Options extends WorkOptions {
  until?: string;
  force?: boolean;
  detach?: boolean;
}

export const shipCommand: Definition = (program, cli, done) => {
  const command = program.command('ship');
  documented(
    command,
    'prove and build a commit once and take it through the environments',
    'kova ship',
    'kova ship --commit v1.4.0 --until staging',
  );
  withCommitOptions(withDetach(command))
    .option('--until <env>', 'the last environment it shall reach')
    .option('--force', 'ship a commit that is held, or is live already')
    .action(async (options: Options) => {
      const { until = null, force = false } = options;
      const [work, client] = await beginWork(cli, options);
      const { commit, project, branch } = work;
      const body = { commit, until, force, branch };
      // While the control plane is at work, what is needed after it is loaded.
      const [{ ship }, { detached, follow }] = await together([
        withCommit(client, work, () => client.post<{ ship: string }>(`${projectPath(project)}/ships`, body)),
        import('../follow/follow.ts'),
      ]);
      done(options.detach ? detached(ship) : await follow(cli, client, ship));
    });
};
