import type { ProjectConfig } from '@kova/core/config/schema';
import type { Context } from '../context.ts';
import type { ServicesLook } from '../ports/services.ts';
import { noteMended } from '../store/drifts.ts';
import { each } from './each.ts';

type Parts = Pick<Context, 'db' | 'services'>;

/**
 * Starts the services of environments that run something, where they have ended: after a restart of the machine, too.
 * A database whose files are gone is not made anew: it would be an empty one, and what is to be put back would be in
 * its way.
 */
export async function keepServices(parts: Parts): Promise<void> {
  await startStopped(parts, { patient: false }, async () => {});
}

/** As `keepServices`, and records what had ended. What an engine stops at its own end is left for it to start again. */
export async function mendServices(parts: Parts): Promise<void> {
  const found = 'its PostgreSQL had ended';
  await startStopped(parts, { patient: true }, async (project, environment) => {
    await noteMended(parts.db, { project, environment, subject: 'database', found, mend: 'it was started again' });
  });
}

async function startStopped(
  { db, services }: Parts,
  { patient }: { patient: boolean },
  onStarted: (project: string, environment: string) => Promise<void>,
): Promise<void> {
  await each(await served({ db }), async ({ project, environment, config, since }) => {
    const wish = { project, environment, config };
    const before = await services.look(wish);
    if (before.state === 'absent' && since) return;
    if (before.state === 'ending' && patient) return;
    await services.ensure(wish);
    // One that was just ending is another one by now.
    const after = await services.look(wish);
    if (since && !isSame(before, after)) await onStarted(project, environment);
    if (!since && hasDatabase(config)) await noteDatabase({ db }, project, environment);
  });
}

function isSame(before: ServicesLook, after: ServicesLook): boolean {
  return before.state === 'running' && after.state === 'running' && before.processes === after.processes;
}

function hasDatabase({ services }: ProjectConfig): boolean {
  return Object.values(services).some(({ kind }) => kind === 'postgres');
}

async function noteDatabase({ db }: Pick<Context, 'db'>, project: string, environment: string): Promise<void> {
  await db
    .updateTable('environments')
    .set({ database_since: new Date() })
    .where((is) => is.and({ project, name: environment }))
    .execute();
}

/** The environments that run something which has services. */
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
  const wanting = rows.filter(({ config }) => Object.keys(config.services).length > 0);
  return new Map(wanting.map((row) => [`${row.project}/${row.environment}`, row])).values();
}
