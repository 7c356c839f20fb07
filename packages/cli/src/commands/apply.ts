import type { PlanView } from '@kova/control/api';
import { KovaError } from '@kova/core/errors/kova-error';
import { connect } from '../api/connect.ts';
import type { Cli } from '../cli.ts';
import { detached, follow } from '../follow/follow.ts';
import { describeWork, projectPath, type WorkOptions } from '../git/send.ts';
import { confirm } from '../input/confirm.ts';
import { planText } from '../output/plan.ts';
import { personHere } from './act.ts';
import { type Definition, documented, withCommitOptions, withDetach } from './definition.ts';
import { planOf } from './plan.ts';

interface Options extends WorkOptions {
  yes?: boolean;
  digest?: string;
  detach?: boolean;
}

export const applyCommand: Definition = (program, cli, done) => {
  const command = program.command('apply');
  documented(
    command,
    'put the configuration of a commit into force, as `kova plan` shows it',
    'kova apply',
    'kova apply staging --yes',
  );
  withCommitOptions(withDetach(command))
    .argument('[env...]', 'environments; default: all')
    .option('--yes', 'do not ask')
    .option('--digest <digest>', 'only when this is still the plan: its `digest` of `kova plan --json`')
    .action(async (environments: string[], options: Options) => {
      const work = await describeWork(cli, options);
      const client = await connect(cli.env);
      const plan = await planOf(client, work, environments);
      if (!cli.json) cli.out.write(`${planText(plan)}\n\n`);
      if (!plan.pending) return done({ view: plan, text: '' });
      if (!(await agreed(cli, plan, options))) return done({ view: plan, text: 'Nothing was changed.', exitCode: 1 });
      const digest = options.digest ?? plan.digest;
      const only = environments.length > 0 ? environments : null;
      const body = { commit: work.commit, only, digest, by: personHere() };
      const { apply } = await client.post<{ apply: string }>(`${projectPath(work.project)}/applies`, body);
      done(options.detach ? detached(apply) : await follow(cli, client, apply));
    });
};

/** @throws KovaError INPUT_INVALID where nobody can be asked; PLAN_BLOCKED, which is no question */
async function agreed(cli: Cli, { environments }: PlanView, { yes }: Options): Promise<boolean> {
  const blocked = environments.find(({ deed }) => deed === 'blocked');
  if (blocked) throw new KovaError('PLAN_BLOCKED', `${blocked.name}: ${blocked.reason}`);
  if (yes) return true;
  return confirm(cli, 'Apply this?', 'Pass --yes, with --digest of the plan that was agreed to.');
}
