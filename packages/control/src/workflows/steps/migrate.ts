import { formatDuration } from '@kova/core/config/duration';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { run } from '../../commands/run.ts';
import { killStrays } from '../../commands/strays.ts';
import type { Context } from '../../context.ts';
import { advance } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { releaseEnv } from './instance-env.ts';

/** Runs the release's expand-only migrations inside the release, as the app, and records the schema version. */
export async function migrate(ctx: Context, plan: Plan, signal: AbortSignal): Promise<void> {
  const { deployment, release, directory } = plan;
  const { migrate: argv, migrateTimeout, schema } = release.config.database;
  if (!argv || deployment.kind === 'rollback') {
    await advance(ctx.db, deployment.id, 'migrated', argv ? 'a rollback runs no migrations' : 'no migrations');
    return;
  }
  const env = {
    PATH: ctx.appPath,
    ...(await releaseEnv(ctx, plan)),
    HOME: '/nonexistent',
    npm_config_cache: '/nonexistent',
    npm_config_update_notifier: 'false',
    KOVA_MIGRATION: deployment.id,
  };
  const as = ctx.identityOf(deployment.project, deployment.environment);
  // A control plane that died has left it running, without anybody to hear how it ends.
  await killStrays({ variable: `KOVA_MIGRATION=${deployment.id}` });
  const name = argv.join(' ');
  const result = await run({ argv, cwd: directory, env, as, timeoutMs: migrateTimeout, signal }).catch(
    (cause: unknown) => {
      if (signal.aborted || !hasCode(cause, 'STEP_TIMEOUT')) throw cause;
      const limit = formatDuration(migrateTimeout);
      throw new KovaError(
        'MIGRATION_FAILED',
        `\`${name}\` was not done within the ${limit} of database.migrateTimeout`,
      );
    },
  );
  if (result.exitCode !== 0) {
    const lines = result.tail.slice(-10).join('\n');
    throw new KovaError('MIGRATION_FAILED', `\`${name}\` exited with ${result.exitCode}:\n${lines}`);
  }
  if (schema) await recordSchema(ctx, plan, schema.to);
  await advance(ctx.db, deployment.id, 'migrated', schema ? `the schema is at ${schema.to}` : 'migrated');
}

async function recordSchema(ctx: Context, { deployment }: Plan, version: number): Promise<void> {
  await ctx.db
    .updateTable('environments')
    .set(({ fn, val }) => ({ schema_version: fn<number>('greatest', ['schema_version', val(version)]) }))
    .where('project', '=', deployment.project)
    .where('name', '=', deployment.environment)
    .execute();
}
