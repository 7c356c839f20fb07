import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { KovaError } from '@kova/core/errors/kova-error';
import { ensureProject } from '../../store/releases.ts';
import { createShip } from '../../store/ships.ts';
import { crashPoint } from '../../workflows/steps/crash-point.ts';
import { type Actor, abortShip } from '../act.ts';
import { commitView } from '../views.ts';
import { answers, branchName, by, commitSha, idParams, jsonBody, projectParams } from './shared.ts';

const commit = createRoute({
  method: 'put',
  path: '/v1/projects/{project}/commits/{sha}',
  request: {
    params: projectParams.extend({ sha: commitSha }),
    body: {
      description: 'a git bundle that holds the commit',
      content: { 'application/x-git-bundle': { schema: z.any() } },
    },
  },
  responses: answers(commitView, 'the commit as Kova has it'),
});

const ship = createRoute({
  method: 'post',
  path: '/v1/projects/{project}/ships',
  request: {
    params: projectParams,
    ...jsonBody(
      z.strictObject({
        commit: commitSha,
        until: z.string().nullable().default(null),
        force: z.boolean().default(false),
        branch: branchName.nullable().default(null).describe('whose head it is: a newer ship of it goes first'),
      }),
    ),
  },
  responses: answers(z.object({ ship: z.string() }), 'the ship that was started'),
});

const abortion = createRoute({
  method: 'post',
  path: '/v1/ships/{id}/abort',
  request: { params: idParams, ...jsonBody(z.strictObject({ by })) },
  responses: answers(z.object({ ship: z.string() }), 'the ship that is ended'),
});

export function shipRoutes(app: OpenAPIHono, actor: Actor): void {
  const { ctx, workflows } = actor;
  app.openapi(commit, async (c) => {
    const { project, sha: wanted } = c.req.valid('param');
    const { body } = c.req.raw;
    if (!body) throw new KovaError('BUNDLE_INVALID', 'the request has no body');
    const info = await ctx.commits.receive(project, wanted, body);
    await ensureProject(ctx.db, project);
    return c.json({ ...info, committedAt: info.committedAt.toISOString() }, 200);
  });
  app.openapi(ship, async (c) => {
    const { project } = c.req.valid('param');
    const { commit: wanted, until, force, branch } = c.req.valid('json');
    if (!(await ctx.commits.has(project, wanted)))
      throw new KovaError('COMMIT_NOT_FOUND', `${project} has no commit ${wanted}`);
    await ensureProject(ctx.db, project);
    const id = await createShip(ctx.db, { project, commit: wanted, until, forced: force, branch });
    crashPoint('ship:recorded');
    await workflows.ship(id);
    return c.json({ ship: id }, 200);
  });
  app.openapi(abortion, async (c) => {
    const { id } = c.req.valid('param');
    await abortShip(actor, id, c.req.valid('json').by);
    return c.json({ ship: id }, 200);
  });
}
