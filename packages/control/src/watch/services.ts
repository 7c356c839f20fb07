import type { Context } from '../context.ts';
import { each } from './each.ts';

/** Starts the services of environments that run something, where they have ended: after a restart of the machine, too. */
export async function keepServices({ db, services }: Pick<Context, 'db' | 'services'>): Promise<void> {
  const rows = await db
    .selectFrom('slots')
    .innerJoin('releases', 'releases.id', 'slots.release')
    .select(['slots.project', 'slots.environment', 'releases.config'])
    .execute();
  await each(rows, async ({ project, environment, config }) => {
    if (Object.keys(config.services).length > 0) await services.ensure({ project, environment, config });
  });
}
