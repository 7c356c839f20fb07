import type { Store } from './connect.ts';

/** Whose assets they are. */
export interface AssetsOf {
  project: string;
  environment: string;
  release: string;
}

export interface AssetFile {
  /** Below the prefix, with slashes. */
  path: string;
  /** SHA-256 of the content, in hex. */
  digest: string;
}

export async function sharedReleases(db: Store, project: string, environment: string): Promise<string[]> {
  const rows = await db
    .selectFrom('asset_releases')
    .select('release')
    .where((is) => is.and({ project, environment }))
    .execute();
  return rows.map(({ release }) => release);
}

/** Records the assets of a release, all or none; a content that is there already is not asked for. Idempotent. */
export async function shareRelease(
  db: Store,
  of: AssetsOf,
  files: readonly AssetFile[],
  contentOf: (file: AssetFile) => Promise<Buffer>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const fresh = await trx
      .insertInto('asset_releases')
      .values(of)
      .onConflict((on) => on.doNothing())
      .returning('release')
      .executeTakeFirst();
    if (!fresh) return;
    for (const file of files) {
      const { path, digest } = file;
      const known = await trx
        .selectFrom('asset_contents')
        .select('digest')
        .where('digest', '=', digest)
        .executeTakeFirst();
      if (!known) {
        const values = { digest, content: await contentOf(file) };
        await trx
          .insertInto('asset_contents')
          .values(values)
          .onConflict((on) => on.doNothing())
          .execute();
      }
      await trx
        .insertInto('asset_files')
        .values({ ...of, path, digest })
        .execute();
    }
  });
}

/** Forgets the assets of these releases, and each content that no other one has. */
export async function forgetReleases(db: Store, of: readonly AssetsOf[]): Promise<void> {
  for (const { project, environment, release } of of) {
    await db
      .deleteFrom('asset_releases')
      .where((is) => is.and({ project, environment, release }))
      .execute();
  }
  await db
    .deleteFrom('asset_contents')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('asset_files').select('path').whereRef('asset_files.digest', '=', 'asset_contents.digest')),
      ),
    )
    .execute();
}

/** Null when they are not there, or not any more. */
export async function sharedFiles(db: Store, { project, environment, release }: AssetsOf): Promise<AssetFile[] | null> {
  const rows = await db
    .selectFrom('asset_releases')
    .leftJoin('asset_files', (join) =>
      join
        .onRef('asset_files.project', '=', 'asset_releases.project')
        .onRef('asset_files.environment', '=', 'asset_releases.environment')
        .onRef('asset_files.release', '=', 'asset_releases.release'),
    )
    .select(['asset_files.path', 'asset_files.digest'])
    .where('asset_releases.project', '=', project)
    .where('asset_releases.environment', '=', environment)
    .where('asset_releases.release', '=', release)
    .execute();
  if (rows.length === 0) return null;
  return rows.flatMap(({ path, digest }) => (path !== null && digest !== null ? [{ path, digest }] : []));
}

export async function sharedContent(db: Store, digest: string): Promise<Buffer | null> {
  const row = await db.selectFrom('asset_contents').select('content').where('digest', '=', digest).executeTakeFirst();
  return row?.content ?? null;
}
