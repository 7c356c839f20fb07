import { connect } from '../../api/connect.ts';
import { detached, follow } from '../../follow/follow.ts';
import { describeWork, projectPath, type WorkOptions, withCommit } from '../../git/send.ts';
import { type Definition, documented, withCommitOptions, withDetach } from '../definition.ts';

interface Options extends WorkOptions {
  job?: string[];
  detach?: boolean;
}

export const runCommand: Definition = (program, cli, done) => {
  const command = program.command('run');
  documented(
    command,
    'run the jobs of a commit; what has not changed is taken from earlier runs',
    'kova pipeline run',
    'kova pipeline run --job unit-tests',
  );
  withCommitOptions(withDetach(command))
    .option('--job <name...>', 'only these, and what they need')
    .action(async (options: Options) => {
      const work = await describeWork(cli, options);
      const client = await connect(cli.env);
      const body = { commit: work.commit, jobs: options.job ?? null };
      const { run } = await withCommit(client, work, () =>
        client.post<{ run: string }>(`${projectPath(work.project)}/runs`, body),
      );
      done(options.detach ? detached(run) : await follow(cli, client, run));
    });
};
