import type { Context } from '../context.ts';

/** Starts the databases of environments that run something, where they have ended: after a restart of the machine, too. */
export async function keepDatabases({ db, databases }: Pick<Context, 'db' | 'databases'>): Promise<void> {
  const rows = await db
    .selectFrom('slots')
    .innerJoin('releases', 'releases.id', 'slots.release')
    .innerJoin('deployments', 'deployments.id', 'slots.deployment')
    .select(['slots.project', 'slots.environment'])
    .select(({ fn }) => fn.coalesce('deployments.config', 'releases.config').as('config'))
    .execute();
  const served = rows.filter(({ config }) => Object.values(config.services).some(({ kind }) => kind === 'postgres'));
  const names = new Set(served.map(({ project, environment }) => `${project}/${environment}`));
  for (const name of names) {
    const [project = '', environment = ''] = name.split('/');
    await databases.ensure(project, environment);
  }
}
