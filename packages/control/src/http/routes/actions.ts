import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type Actor, abort, approve, deployRelease, promote, rollBack } from '../act.ts';
import { unhold } from '../unhold.ts';
import { answers, by, environmentParams, jsonBody } from './shared.ts';

const started = z.object({ deployment: z.string() });

function action<S extends z.ZodType>(name: string, body: S, description: string) {
  return createRoute({
    method: 'post',
    path: `/v1/projects/{project}/environments/{environment}/${name}`,
    request: { params: environmentParams, ...jsonBody(body) },
    responses: answers(started, description),
  });
}

const deployBody = z.strictObject({ release: z.string(), force: z.boolean().default(false), by });
const deploy = action('deployments', deployBody, 'the deployment that was queued');
const promotion = action(
  'promote',
  z.strictObject({ force: z.boolean().default(false), by }),
  'the deployment that was queued',
);
const approval = action('approve', z.strictObject({ by }), 'the deployment that was approved');
const abortion = action('abort', z.strictObject({ by }), 'the deployment that is ended');
const rollback = action(
  'rollback',
  z.strictObject({ to: z.string().nullable().default(null), by }),
  'the deployment that goes back',
);

const unholding = createRoute({
  method: 'post',
  path: '/v1/projects/{project}/environments/{environment}/unhold',
  request: {
    params: environmentParams,
    ...jsonBody(z.strictObject({ what: z.string().regex(/^(rel_)?[0-9a-f]{7,40}$/), why: z.string().max(500), by })),
  },
  responses: answers(z.object({ commit: z.string() }), 'the commit that is held no more'),
});

export function actionRoutes(app: OpenAPIHono, actor: Actor): void {
  app.openapi(deploy, async (c) => {
    const { release, force, by: person } = c.req.valid('json');
    return c.json({ deployment: await deployRelease(actor, c.req.valid('param'), release, force, person) }, 200);
  });
  app.openapi(promotion, async (c) => {
    const { force, by: person } = c.req.valid('json');
    return c.json({ deployment: await promote(actor, c.req.valid('param'), force, person) }, 200);
  });
  app.openapi(approval, async (c) => {
    return c.json({ deployment: await approve(actor, c.req.valid('param'), c.req.valid('json').by) }, 200);
  });
  app.openapi(abortion, async (c) => {
    return c.json({ deployment: await abort(actor, c.req.valid('param'), c.req.valid('json').by) }, 200);
  });
  app.openapi(rollback, async (c) => {
    const { to, by: person } = c.req.valid('json');
    return c.json({ deployment: await rollBack(actor, c.req.valid('param'), to, person) }, 200);
  });
  app.openapi(unholding, async (c) => {
    const { what, why, by: person } = c.req.valid('json');
    return c.json({ commit: await unhold(actor.ctx, c.req.valid('param'), what, person, why) }, 200);
  });
}
