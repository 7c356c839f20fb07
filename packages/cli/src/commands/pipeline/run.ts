import type { RunView } from '@kova/control/api';
import { together } from '@kova/core/together';
import type { Places } from '../../ci/hand-on.ts';
import { beginWork, projectPath, type WorkOptions, withCommit } from '../../git/send.ts';
import { type Definition, documented, withCommitOptions, withDetach } from '../definition.ts';

interface Options extends WorkOptions, Places {
  job?: string[];
  detach?: boolean;
  push?: boolean;
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
    .option('--push', 'push the image to the registry, as a ship does, when all jobs are asked for')
    .option('--results <dir>', 'take results from there before, and leave those of the jobs asked for there after')
    .option('--reports <dir>', 'leave logs, reports and kept files there')
    .action(async (options: Options) => {
      // While git and the control plane are at work, what is needed after them is loaded.
      const [[work, client], { leaveBehind, takeBrought }] = await together([
        beginWork(cli, options),
        import('../../ci/hand-on.ts'),
      ]);
      await takeBrought(cli, options);
      const body = { commit: work.commit, jobs: options.job ?? null, push: options.push ?? false };
      const [{ run }, { detached, follow }] = await together([
        withCommit(client, work, () => client.post<{ run: string }>(`${projectPath(work.project)}/runs`, body)),
        import('../../follow/follow.ts'),
      ]);
      if (options.detach) return done(detached(run));
      const result = await follow(cli, client, run);
      if (hasEnded(result.view)) await leaveBehind(cli, result.view, options.job ?? null, options);
      done(result);
    });
};

/** Whoever presses Ctrl-C sees no end. */
function hasEnded(view: unknown): view is RunView {
  return typeof view === 'object' && view !== null && 'jobs' in view;
}
