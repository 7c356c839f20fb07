import type { Context } from '../context.ts';
import type { DatabaseState } from '../ports/databases.ts';
import { noteMended } from '../store/drifts.ts';

type Parts = Pick<Context, 'db' | 'databases'>;

/**
 * Starts the databases of environments that run something, where they have ended: after a restart of the machine, too.
 * One whose files are gone is not made anew: it would be an empty one, and what is to be put back would be in its way.
 */
export async function keepDatabases(parts: Parts): Promise<void> {
  await startStopped(parts, async () => {});
}

/** As `keepDatabases`, and records what had ended. */
export async function mendDatabases(parts: Parts): Promise<void> {
  const found = 'its PostgreSQL had ended';
  await startStopped(parts, async (project, environment) => {
    await noteMended(parts.db, { project, environment, subject: 'database', found, mend: 'it was started again' });
  });
}

async function startStopped(
  { db, databases }: Parts,
  onStarted: (project: string, environment: string) => Promise<void>,
): Promise<void> {
  for (const { project, environment, since } of await served({ db })) {
    const before = await databases.look(project, environment);
    if (before.state === 'absent' && since) continue;
    await databases.ensure(project, environment);
    // One that was just ending is another one by now.
    const after = await databases.look(project, environment);
    if (since && !isSameServer(before, after)) await onStarted(project, environment);
    if (!since) await noteDatabase({ db }, project, environment);
  }
}

function isSameServer(before: DatabaseState, after: DatabaseState): boolean {
  return before.state === 'running' && after.state === 'running' && before.pid === after.pid;
}

async function noteDatabase({ db }: Pick<Context, 'db'>, project: string, environment: string): Promise<void> {
  await db
    .updateTable('environments')
    .set({ database_since: new Date() })
    .where((is) => is.and({ project, name: environment }))
    .execute();
}

/** The environments that run something which has a database of Kova's. */
async function served({ db }: Pick<Context, 'db'>) {
  const rows = await db
    .selectFrom('slots')
    .innerJoin('releases', 'releases.id', 'slots.release')
    .innerJoin('deployments', 'deployments.id', 'slots.deployment')
    .innerJoin('environments', (join) =>
      join.onRef('environments.project', '=', 'slots.project').onRef('environments.name', '=', 'slots.environment'),
    )
    .select(['slots.project', 'slots.environment', 'environments.database_since as since'])
    .select(({ fn }) => fn.coalesce('deployments.config', 'releases.config').as('config'))
    .execute();
  const wanting = rows.filter(({ config }) => Object.values(config.services).some(({ kind }) => kind === 'postgres'));
  return new Map(wanting.map((row) => [`${row.project}/${row.environment}`, row])).values();
}
