import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { computePlan } from '../../plan/compute.ts';
import type { Actor } from '../act.ts';
import { planViewOf } from '../plan.ts';
import { planView } from '../plan-views.ts';
import { answers, commitSha, jsonBody, projectParams } from './shared.ts';

const only = z.array(z.string()).min(1).nullable().default(null).describe('environments; null for all');

const plan = createRoute({
  method: 'post',
  path: '/v1/projects/{project}/plan',
  request: { params: projectParams, ...jsonBody(z.strictObject({ commit: commitSha, only })) },
  responses: answers(planView, 'what the configuration of the commit would change; nothing is'),
});

export function planRoutes(app: OpenAPIHono, { ctx }: Actor): void {
  app.openapi(plan, async (c) => {
    const { project } = c.req.valid('param');
    const computed = await computePlan(ctx, { project, ...c.req.valid('json') }, c.req.raw.signal);
    return c.json(planViewOf(computed), 200);
  });
}
