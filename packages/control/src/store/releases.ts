import type { ProjectConfig } from '@kova/core/config/schema';
import type { Transaction } from 'kysely';
import type { BuiltRelease } from '../ports/builder.ts';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

export interface Release {
  id: string;
  project: string;
  commit: string;
  message: string;
  committedAt: Date;
  artefact: string;
  config: ProjectConfig;
  /** The image that holds it, by digest; null when there is none. */
  image: string | null;
}

/** The release of a commit has one id for ever: it is built once. */
export function releaseId(commit: string): string {
  return `rel_${commit.slice(0, 10)}`;
}

/** The run that proved it, and the image which that has made. */
export type Provenance = { run: string } & Pick<Release, 'image'>;

/**
 * Records a built release and makes sure that its environments exist. One whose artefact was cleaned up is built again
 * and gets the new one. Idempotent.
 */
export async function recordRelease(
  db: Store,
  project: string,
  built: BuiltRelease,
  from: Provenance,
): Promise<string> {
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
      ...from,
    };
    const { artefact: digest, artefact_bytes, config: recorded } = release;
    const rebuilt = { artefact: digest, artefact_bytes, config: recorded, ...from };
    await trx
      .insertInto('releases')
      .values(release)
      .onConflict((on) => on.columns(['project', 'commit_sha']).doUpdateSet(rebuilt))
      .execute();
    await ensureEnvironments(trx, project, Object.keys(config.environments));
  });
  return id;
}

/** Makes sure that the environments exist, in this order of promotion. Idempotent. */
export async function ensureEnvironments(db: Store | Transaction<Schema>, project: string, names: string[]) {
  for (const [position, name] of names.entries()) {
    await db
      .insertInto('environments')
      .values({ project, name, position })
      .onConflict((on) => on.columns(['project', 'name']).doUpdateSet({ position }))
      .execute();
  }
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
  const { project, commit_sha, message, committed_at, artefact, config, image } = row;
  return { id, project, commit: commit_sha, message, committedAt: committed_at, artefact, config, image };
}

/** What the project wants of Kova itself, such as how much is kept: said by the release that was built last. */
export async function newestConfig(db: Store, project: string): Promise<ProjectConfig | null> {
  const row = await db
    .selectFrom('releases')
    .select('config')
    .where('project', '=', project)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.config ?? null;
}
