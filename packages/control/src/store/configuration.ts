import type { ProjectConfig } from '@kova/core/config/schema';
import type { Insertable } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

/** A configuration that a deployment was given instead of its release's own. */
export interface Configuration {
  config: ProjectConfig;
  /** The commit that it is of. */
  commit: string;
  committedAt: Date;
  /** By which `kova apply`. */
  apply: string;
}

type Columns = Pick<Insertable<Schema['deployments']>, 'config' | 'config_commit' | 'config_committed_at' | 'apply'>;

export function configurationColumns(given: Configuration | null): Columns {
  if (!given) return {};
  const { config, commit, committedAt, apply } = given;
  return { config: JSON.stringify(config), config_commit: commit, config_committed_at: committedAt, apply };
}

const columns = ['config', 'config_commit', 'config_committed_at', 'apply'] as const;
type Row = Pick<
  {
    config: ProjectConfig | null;
    config_commit: string | null;
    config_committed_at: Date | null;
    apply: string | null;
  },
  (typeof columns)[number]
>;

function toConfiguration(row: Row | undefined): Configuration | null {
  if (!row?.config || !row.config_commit || !row.config_committed_at || !row.apply) return null;
  return { config: row.config, commit: row.config_commit, committedAt: row.config_committed_at, apply: row.apply };
}

/** What a deployment was given; null when it has the configuration of its release. */
export async function configurationOf(db: Store, deployment: string): Promise<Configuration | null> {
  const row = await db.selectFrom('deployments').select(columns).where('id', '=', deployment).executeTakeFirst();
  return toConfiguration(row);
}

/** With what a release ran in an environment, when its configuration was that of a commit. */
export async function lastConfiguration(
  db: Store,
  { project, environment }: { project: string; environment: string },
  { release, configCommit }: { release: string; configCommit: string | null },
): Promise<Configuration | null> {
  if (configCommit === null) return null;
  const row = await db
    .selectFrom('deployments')
    .select(columns)
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where('release', '=', release)
    .where('config_commit', '=', configCommit)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return toConfiguration(row);
}

/**
 * Gives the live deployment of an environment another configuration, which must differ in nothing that its instances
 * see. Says whether it is still live. Idempotent.
 */
export async function reconfigure(db: Store, deployment: string, given: Configuration): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('deployments')
    .set(configurationColumns(given))
    .where('id', '=', deployment)
    .where('phase', '=', 'live')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
