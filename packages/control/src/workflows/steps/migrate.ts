import { formatDuration } from '@kova/core/config/duration';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { together } from '@kova/core/together';
import type { Context } from '../../context.ts';
import type { MigrationEnding } from '../../ports/migrator.ts';
import { advance } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { releaseEnv } from './instance-env.ts';
import { carriedBy } from './start.ts';

const shownLines = 10;

/** Runs the release's expand-only migrations in what it runs in, as the app, and records the schema version. */
export async function migrate(ctx: Context, plan: Plan, signal: AbortSignal): Promise<void> {
  const { deployment, release } = plan;
  const { migrate: argv, schema } = release.config.database;
  if (!argv || deployment.kind === 'rollback') {
    await advance(ctx.db, deployment.id, 'migrated', argv ? 'a rollback runs no migrations' : 'no migrations');
    return;
  }
  const { failure, next, tail } = await run(ctx, plan, argv, signal);
  if (failure !== null) {
    const lines = tail.slice(-shownLines).map((line) => `\n${line}`);
    const words = `\`${argv.join(' ')}\` ${failure}${lines.length > 0 ? ':' : ''}${lines.join('')}`;
    throw new KovaError('MIGRATION_FAILED', words, next === undefined ? {} : { next });
  }
  if (schema) await recordSchema(ctx, plan, schema.to);
  await advance(ctx.db, deployment.id, 'migrated', schema ? `the schema is at ${schema.to}` : 'migrated');
}

async function run(ctx: Context, plan: Plan, argv: readonly string[], signal: AbortSignal): Promise<MigrationEnding> {
  const { deployment, release, slot, directory } = plan;
  const { migrateTimeout: timeoutMs } = release.config.database;
  const [env] = await together([releaseEnv(ctx, plan), ensureImage(ctx, plan, signal)] as const);
  const migration = { id: deployment.id, slot, directory, argv, env, timeoutMs, ...carriedBy(plan) };
  return ctx.migrator.run(migration, signal).catch((cause: unknown) => {
    if (signal.aborted || !hasCode(cause, 'STEP_TIMEOUT')) throw cause;
    const limit = formatDuration(timeoutMs);
    const words = `\`${argv.join(' ')}\` was not done within the ${limit} of database.migrateTimeout`;
    throw new KovaError('MIGRATION_FAILED', words);
  });
}

/** It may have gone since a standby that is warm was prepared, or be with other machines of a swarm alone. */
async function ensureImage(ctx: Context, { deployment, release }: Plan, signal: AbortSignal): Promise<void> {
  const { runtime } = release.config;
  if (runtime !== 'docker' && runtime !== 'swarm') return;
  await ctx.images.ensure({ project: deployment.project, image: release.image, signal });
}

async function recordSchema(ctx: Context, { deployment }: Plan, version: number): Promise<void> {
  await ctx.db
    .updateTable('environments')
    .set(({ fn, val }) => ({ schema_version: fn<number>('greatest', ['schema_version', val(version)]) }))
    .where('project', '=', deployment.project)
    .where('name', '=', deployment.environment)
    .execute();
}
