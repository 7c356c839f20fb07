import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { KovaError } from '@kova/core/errors/kova-error';
import { ensureProject } from '../../store/releases.ts';
import { createRun } from '../../store/runs.ts';
import { type Actor, cancelRun } from '../act.ts';
import { listRuns, readRun } from '../runs.ts';
import { runView } from '../views.ts';
import { answers, commitSha, idParams, jsonBody, projectParams } from './shared.ts';

const begin = createRoute({
  method: 'post',
  path: '/v1/projects/{project}/runs',
  request: {
    params: projectParams,
    ...jsonBody(
      z.strictObject({
        commit: commitSha,
        jobs: z.array(z.string()).min(1).nullable().default(null),
        push: z.boolean().default(false),
      }),
    ),
  },
  responses: answers(z.object({ run: z.string() }), 'the run that was started'),
});
const list = createRoute({
  method: 'get',
  path: '/v1/projects/{project}/runs',
  request: { params: projectParams },
  responses: answers(z.array(runView), 'the newest runs'),
});
const show = createRoute({
  method: 'get',
  path: '/v1/runs/{id}',
  request: { params: idParams },
  responses: answers(runView, 'the run'),
});
const cancel = createRoute({
  method: 'post',
  path: '/v1/runs/{id}/cancel',
  request: { params: idParams, ...jsonBody(z.strictObject({ by: z.string().min(1).max(80).default('local') })) },
  responses: answers(runView, 'the run, which is being ended'),
});

export function pipelineRoutes(app: OpenAPIHono, { ctx, workflows }: Actor): void {
  app.openapi(begin, async (c) => {
    const { project } = c.req.valid('param');
    const { commit, jobs, push } = c.req.valid('json');
    if (!(await ctx.commits.has(project, commit)))
      throw new KovaError('COMMIT_NOT_FOUND', `${project} has no commit ${commit}`);
    await ensureProject(ctx.db, project);
    const run = await createRun(ctx.db, { project, commit, jobs, push });
    await workflows.pipeline(run);
    return c.json({ run }, 200);
  });
  app.openapi(list, async (c) => c.json(await listRuns(ctx, c.req.valid('param').project), 200));
  app.openapi(show, async (c) => c.json(await readRun(ctx, c.req.valid('param').id), 200));
  app.openapi(cancel, async (c) => {
    const { id } = c.req.valid('param');
    await readRun(ctx, id);
    await cancelRun(ctx, id, `cancelled by ${c.req.valid('json').by}`);
    return c.json(await readRun(ctx, id), 200);
  });
}
