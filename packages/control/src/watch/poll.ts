import { randomUUID } from 'node:crypto';
import { reportOf } from '@kova/core/errors/kova-error';
import { isBranch, matchesBranch } from '@kova/core/repository/branch';
import type { Context } from '../context.ts';
import { say } from '../process-log.ts';
import { remoteOf } from '../repository/remote.ts';
import { notePoll, type Repository, takeDuePolls } from '../store/repositories.ts';
import { acceptTrigger, openTrigger } from '../store/triggers.ts';
import type { Workflows } from '../workflows/register.ts';
import { each } from './each.ts';

/** Asks the repositories that are to be polled for their branches; a new head is the same trigger as a push of it. */
export async function pollRepositories(ctx: Context, workflows: Pick<Workflows, 'trigger'>): Promise<void> {
  await each(await takeDuePolls(ctx.db), async (repository) => {
    const problem = await look(ctx, workflows, repository).then(
      () => null,
      (error: unknown) => reportOf(error).message,
    );
    if (problem !== null && problem !== repository.pollProblem)
      say(`polling the repository of ${repository.project}:`, problem);
    await notePoll(ctx.db, repository.project, problem);
  });
}

async function look(ctx: Context, workflows: Pick<Workflows, 'trigger'>, repository: Repository): Promise<void> {
  const { project, heads, branches, proved } = repository;
  const watched = [...branches, ...proved];
  const remote = await ctx.commits.heads(remoteOf(ctx.seal, repository));
  for (const [branch, commit] of Object.entries(remote.branches)) {
    const ref = `refs/heads/${branch}`;
    if (heads[ref] === commit || !isBranch(branch) || !matchesBranch(watched, branch)) continue;
    // Asked for already, by the webhook or the poll before.
    if (await openTrigger(ctx.db, { project, ref, commit })) continue;
    const wish = {
      project,
      source: 'poll',
      kind: 'push',
      ref,
      branch,
      commit,
      fork: false,
      told: repository.token !== null,
    } as const;
    const { id } = await acceptTrigger(ctx.db, { ...wish, delivery: null, said: randomUUID() });
    await workflows.trigger(id);
  }
}
