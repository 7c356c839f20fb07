import type { Context } from '../context.ts';
import { vacate } from '../workflows/steps/vacate.ts';
import { each } from './each.ts';

/** Stops standbys whose time is over, while no deployment is at work in their environment. */
export async function stopOldStandbys(ctx: Context): Promise<void> {
  const due = await ctx.db
    .selectFrom('slots')
    .selectAll('slots')
    .where('standby_until', '<', new Date())
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deployments')
            .select('id')
            .whereRef('deployments.project', '=', 'slots.project')
            .whereRef('deployments.environment', '=', 'slots.environment')
            .where('ended_at', 'is', null)
            .where('phase', '!=', 'live'),
        ),
      ),
    )
    .execute();
  await each(due, ({ project, environment, standby_until: standbyUntil, ...slot }) =>
    vacate(ctx, project, environment, { ...slot, standbyUntil }),
  );
}
