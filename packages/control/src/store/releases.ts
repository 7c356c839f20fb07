import type { ProjectConfig } from '@kova/core/config/schema';
import type { BuiltRelease } from '../ports/builder.ts';
import type { Store } from './connect.ts';

export interface Release {
  id: string;
  project: string;
  commit: string;
  message: string;
  committedAt: Date;
  artefact: string;
  config: ProjectConfig;
}

/** The release of a commit has one id for ever: it is built once. */
export function releaseId(commit: string): string {
  return `rel_${commit.slice(0, 10)}`;
}

/**
 * Records a built release and makes sure that its environments exist. Idempotent. A commit is built again only when its
 * artefact was lost; the new one takes its place.
 */
export async function recordRelease(db: Store, project: string, built: BuiltRelease): Promise<string> {
  const { config, artefact, commit } = built;
  const id = releaseId(commit.sha);
  await db.transaction().execute(async (trx) => {
    const release = {
      id,
      project,
      commit_sha: commit.sha,
      message: commit.message,
      author: commit.author,
      committed_at: commit.committedAt,
      artefact: artefact.digest,
      artefact_bytes: artefact.bytes,
      config: JSON.stringify(config),
    };
    await trx
      .insertInto('releases')
      .values(release)
      .onConflict((on) =>
        on.column('id').doUpdateSet({ artefact: release.artefact, artefact_bytes: release.artefact_bytes }),
      )
      .execute();
    for (const [position, name] of Object.keys(config.environments).entries()) {
      await trx
        .insertInto('environments')
        .values({ project, name, position })
        .onConflict((on) => on.columns(['project', 'name']).doUpdateSet({ position }))
        .execute();
    }
  });
  return id;
}

export async function ensureProject(db: Store, name: string): Promise<void> {
  await db
    .insertInto('projects')
    .values({ name })
    .onConflict((on) => on.doNothing())
    .execute();
}

export async function findRelease(db: Store, id: string): Promise<Release | null> {
  const row = await db.selectFrom('releases').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  const { project, commit_sha, message, committed_at, artefact, config } = row;
  return { id, project, commit: commit_sha, message, committedAt: committed_at, artefact, config };
}
