import type { Context } from '../context.ts';
import { each } from './each.ts';

/** Starts the services of environments that run something, where they have ended: after a restart of the machine, too. */
export async function keepServices({ db, services }: Pick<Context, 'db' | 'services'>): Promise<void> {
  const rows = await db
    .selectFrom('slots')
    .innerJoin('releases', 'releases.id', 'slots.release')
    .innerJoin('deployments', 'deployments.id', 'slots.deployment')
    .select(['slots.project', 'slots.environment'])
    .select(({ fn }) => fn.coalesce('deployments.config', 'releases.config').as('config'))
    .execute();
  await each(rows, async ({ project, environment, config }) => {
    if (Object.keys(config.services).length > 0) await services.ensure({ project, environment, config });
  });
}
