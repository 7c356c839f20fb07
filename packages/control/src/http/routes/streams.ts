import type { OpenAPIHono } from '@hono/zod-openapi';
import { slotId } from '@kova/core/environment/slot';
import { z } from 'zod';
import { readEnvironment } from '../../store/environments.ts';
import { requireRun } from '../../store/runs.ts';
import type { Actor } from '../act.ts';
import { jobLog } from '../job-log.ts';
import { readApply } from '../plan.ts';
import { readDeployment, readShip } from '../read.ts';
import { applyEvents, deploymentEvents, runEvents, shipEvents } from '../stream.ts';
import { send } from './send.ts';
import { environmentParams, idParams } from './shared.ts';

const logQuery = z.object({
  tail: z.coerce.number().int().min(0).max(10_000).default(100),
  follow: z.enum(['true', 'false']).default('false'),
});

/** Server-Sent Events; each event's data is one JSON object. Attaching tells the story from its beginning. */
export function streamRoutes(app: OpenAPIHono, { ctx }: Actor): void {
  app.get('/v1/ships/:id/events', async (c) => {
    const { id } = idParams.parse(c.req.param());
    await readShip(ctx, id);
    return send(c, (signal) => shipEvents(ctx, id, signal));
  });
  app.get('/v1/applies/:id/events', async (c) => {
    const { id } = idParams.parse(c.req.param());
    await readApply(ctx, id);
    return send(c, (signal) => applyEvents(ctx, id, signal));
  });
  app.get('/v1/runs/:id/events', async (c) => {
    const { id } = idParams.parse(c.req.param());
    await requireRun(ctx.db, id);
    return send(c, (signal) => runEvents(ctx, id, signal));
  });
  app.get('/v1/runs/:id/jobs/:job/log', async (c) => {
    const { id } = idParams.parse(c.req.param());
    return send(c, await jobLog(ctx, id, c.req.param('job')));
  });
  app.get('/v1/deployments/:id/events', async (c) => {
    const { id } = idParams.parse(c.req.param());
    await readDeployment(ctx, id);
    return send(c, (signal) => deploymentEvents(ctx, id, signal));
  });
  app.get('/v1/projects/:project/environments/:environment/logs', async (c) => {
    const { project, environment } = environmentParams.parse(c.req.param());
    const { tail, follow } = logQuery.parse(c.req.query());
    const { live, slots } = await readEnvironment(ctx.db, project, environment);
    const colour = live?.colour ?? slots[0]?.colour ?? 'blue';
    const slot = slotId(project, environment, colour);
    return send(c, (signal) => ctx.runtime.logs(slot, { tail, follow: follow === 'true', signal }));
  });
}
