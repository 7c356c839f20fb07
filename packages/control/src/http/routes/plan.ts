import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { computePlan } from '../../plan/compute.ts';
import { type Actor, abortApply } from '../act.ts';
import { beginApply, listApplies, planViewOf, readApply } from '../plan.ts';
import { applyView, planView } from '../plan-views.ts';
import { answers, by, commitSha, idParams, jsonBody, projectParams } from './shared.ts';

const only = z.array(z.string()).min(1).nullable().default(null).describe('environments; null for all');

const plan = createRoute({
  method: 'post',
  path: '/v1/projects/{project}/plan',
  request: { params: projectParams, ...jsonBody(z.strictObject({ commit: commitSha, only })) },
  responses: answers(planView, 'what the configuration of the commit would change; nothing is'),
});

const begin = createRoute({
  method: 'post',
  path: '/v1/projects/{project}/applies',
  request: {
    params: projectParams,
    ...jsonBody(
      z.strictObject({
        commit: commitSha,
        only,
        digest: z.string().describe('of the plan that is agreed to; when it is not the plan any more, nothing is done'),
        by,
      }),
    ),
  },
  responses: answers(z.object({ apply: z.string() }), 'the apply that was started'),
});
const list = createRoute({
  method: 'get',
  path: '/v1/projects/{project}/applies',
  request: { params: projectParams },
  responses: answers(z.array(applyView), 'newest first'),
});
const show = createRoute({
  method: 'get',
  path: '/v1/applies/{id}',
  request: { params: idParams },
  responses: answers(applyView, 'the apply'),
});
const abortion = createRoute({
  method: 'post',
  path: '/v1/applies/{id}/abort',
  request: { params: idParams, ...jsonBody(z.strictObject({ by })) },
  responses: answers(z.object({ apply: z.string() }), 'the apply that is ended'),
});

export function planRoutes(app: OpenAPIHono, actor: Actor): void {
  const { ctx } = actor;
  app.openapi(begin, async (c) => {
    const { project } = c.req.valid('param');
    const { digest, by: person, ...wish } = c.req.valid('json');
    const id = await beginApply(actor, { project, ...wish }, digest, person, c.req.raw.signal);
    return c.json({ apply: id }, 200);
  });
  app.openapi(list, async (c) => c.json(await listApplies(ctx, c.req.valid('param').project), 200));
  app.openapi(show, async (c) => c.json(await readApply(ctx, c.req.valid('param').id), 200));
  app.openapi(abortion, async (c) => {
    const { id } = c.req.valid('param');
    await abortApply(actor, id, c.req.valid('json').by);
    return c.json({ apply: id }, 200);
  });
  app.openapi(plan, async (c) => {
    const { project } = c.req.valid('param');
    const computed = await computePlan(ctx, { project, ...c.req.valid('json') }, c.req.raw.signal);
    return c.json(planViewOf(computed), 200);
  });
}
