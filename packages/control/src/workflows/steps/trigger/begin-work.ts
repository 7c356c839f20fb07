import { matchesBranch } from '@kova/core/repository/branch';
import type { Transaction } from 'kysely';
import type { Context } from '../../../context.ts';
import { findRepository, type Repository, rememberHead } from '../../../store/repositories.ts';
import { createRun } from '../../../store/runs.ts';
import type { Schema } from '../../../store/schema.ts';
import { createShip } from '../../../store/ships.ts';
import { endTrigger, requireTrigger, type Trigger, type TriggerEnd } from '../../../store/triggers.ts';
import { lockBranch } from '../../../store/turns.ts';
import { derivedId } from '../../derived-id.ts';

/** What a trigger has begun: one of both. */
export interface Work {
  ship: string | null;
  run: string | null;
}

/**
 * Records the ship or the run that a commit leads to. A commit that the branch was last worked on for leads to nothing,
 * however often it is told. Idempotent.
 */
export async function beginWork(ctx: Context, id: string, commit: string): Promise<Work> {
  const repository = await findRepository(ctx.db, (await requireTrigger(ctx.db, id)).project);
  return ctx.db.transaction().execute(async (trx) => {
    const { project, branch } = await requireTrigger(trx, id);
    await lockBranch(trx, project, branch);
    const trigger = await requireTrigger(trx, id);
    if (trigger.ended_at !== null) return { ship: trigger.ship, run: trigger.run };
    const end = await decide(trx, trigger, repository, commit);
    await endTrigger(trx, id, { ...end, commit });
    return { ship: end.ship ?? null, run: end.run ?? null };
  });
}

async function decide(
  trx: Transaction<Schema>,
  trigger: Trigger,
  repository: Repository | null,
  commit: string,
): Promise<TriggerEnd> {
  const { id, project, ref, branch, kind } = trigger;
  const short = commit.slice(0, 10);
  if (!repository) return { state: 'ignored', reason: `${project} is connected to no repository any more` };
  const last = await lastWork(trx, project, branch);
  if (last?.commit === commit) return { state: 'ignored', reason: `commit ${short} is on its way already: ${last.id}` };
  if (kind === 'push' && (await headsOf(trx, project))[ref] === commit)
    return { state: 'ignored', reason: `commit ${short} of ${branch} is known already` };
  if (kind === 'push') await rememberHead(trx, project, ref, commit);
  if (kind === 'push' && repository.branches.includes(branch)) {
    const wish = { id: derivedId('ship', id), project, commit, branch, until: null, forced: false };
    return { state: 'started', reason: `commit ${short} is shipped`, ship: await createShip(trx, wish) };
  }
  if (kind === 'push' && !matchesBranch(repository.proved, branch))
    return { state: 'ignored', reason: `${branch} is no branch of the connection any more` };
  // Whoever may write to other branches need not be trusted with what is shipped.
  const run = await createRun(trx, { id: derivedId('run', id), project, commit, jobs: null, branch, scope: branch });
  return { state: 'started', reason: `commit ${short} is proved`, run };
}

async function headsOf(trx: Transaction<Schema>, project: string): Promise<Record<string, string>> {
  const row = await trx.selectFrom('repositories').select('heads').where('project', '=', project).executeTakeFirst();
  return row?.heads ?? {};
}

/** The newest ship or run of the branch. */
async function lastWork(trx: Transaction<Schema>, project: string, branch: string) {
  const row = await trx
    .selectFrom('ships')
    .select(['id', 'commit_sha', 'position'])
    .where('project', '=', project)
    .where('branch', '=', branch)
    .unionAll(
      trx
        .selectFrom('runs')
        .select(['id', 'commit_sha', 'position'])
        .where('project', '=', project)
        .where('branch', '=', branch),
    )
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { id: row.id, commit: row.commit_sha } : null;
}
