import type { PlanView } from '@kova/control/api';
import type { Client } from '../api/client.ts';
import { connect } from '../api/connect.ts';
import { describeWork, projectPath, type Work, type WorkOptions, withCommit } from '../git/send.ts';
import { planText } from '../output/plan.ts';
import { type Definition, documented, withCommitOptions } from './definition.ts';

/** With --exit-code, where there is something to apply. */
const pendingExit = 3;

export const planCommand: Definition = (program, cli, done) => {
  const command = program.command('plan');
  documented(
    command,
    'show what the configuration of a commit would change in the environments; change nothing',
    'kova plan',
    'kova plan production --exit-code',
  );
  withCommitOptions(command)
    .argument('[env...]', 'environments; default: all')
    .option('--exit-code', `exit with ${pendingExit} when there is something to apply`)
    .action(async (environments: string[], options: WorkOptions & { exitCode?: boolean }) => {
      const work = await describeWork(cli, options);
      const view = await planOf(await connect(cli.env), work, environments);
      done({ view, text: planText(view), exitCode: options.exitCode && view.pending ? pendingExit : 0 });
    });
};

/** Asks for the plan of a commit, which is sent first where it is not known. */
export function planOf(client: Client, work: Work, environments: readonly string[]): Promise<PlanView> {
  const body = { commit: work.commit, only: environments.length > 0 ? environments : null };
  return withCommit(client, work, () => client.post<PlanView>(`${projectPath(work.project)}/plan`, body));
}
