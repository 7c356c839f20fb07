import { KovaError } from '@kova/core/errors/kova-error';
import type { Store } from './connect.ts';

/** Holds a commit that was rolled back: nothing deploys it again here without force. Idempotent. */
export async function holdCommit(
  db: Store,
  hold: { project: string; environment: string; commit: string; deployment: string; reason: string },
): Promise<void> {
  const { commit, ...rest } = hold;
  await db
    .insertInto('holds')
    .values({ ...rest, commit_sha: commit })
    .onConflict((on) => on.doNothing())
    .execute();
}

/** Lifts the hold of a commit; says whose deployment had caused it, null when it was not held. Idempotent. */
export async function liftHold(
  db: Store,
  { project, environment, commit }: { project: string; environment: string; commit: string },
): Promise<string | null> {
  const lifted = await db
    .deleteFrom('holds')
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where('commit_sha', '=', commit)
    .returning('deployment')
    .executeTakeFirst();
  return lifted?.deployment ?? null;
}

/** The held commits of an environment with the reason of each. */
export async function heldCommits(db: Store, project: string, environment: string): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('holds')
    .select(['commit_sha', 'reason'])
    .where('project', '=', project)
    .where('environment', '=', environment)
    .execute();
  return new Map(rows.map((row) => [row.commit_sha, row.reason]));
}

/** @throws KovaError COMMIT_HELD when the commit is held in the environment */
export async function refuseHeld(
  db: Store,
  { project, environment, commit }: { project: string; environment: string; commit: string },
): Promise<void> {
  const reason = (await heldCommits(db, project, environment)).get(commit);
  if (reason === undefined) return;
  throw new KovaError('COMMIT_HELD', `commit ${commit.slice(0, 10)} is held in ${environment}: ${reason}`);
}
