import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Actor } from '../act.ts';
import { readDeployment, readReleases, readScorecard, readShip, readStatus } from '../read.ts';
import { deploymentView, releaseView, scorecardView, shipView, statusView, workerView } from '../views.ts';
import { readWorkers } from '../workers.ts';
import { answers, idParams, projectParams } from './shared.ts';

const status = createRoute({
  method: 'get',
  path: '/v1/status',
  responses: answers(statusView, 'all environments and what runs in them'),
});
const workers = createRoute({
  method: 'get',
  path: '/v1/workers',
  responses: answers(z.array(workerView), 'the processes that take jobs'),
});
const deployment = createRoute({
  method: 'get',
  path: '/v1/deployments/{id}',
  request: { params: idParams },
  responses: answers(deploymentView, 'the deployment'),
});
const ship = createRoute({
  method: 'get',
  path: '/v1/ships/{id}',
  request: { params: idParams },
  responses: answers(shipView, 'the ship'),
});
const releases = createRoute({
  method: 'get',
  path: '/v1/projects/{project}/releases',
  request: { params: projectParams },
  responses: answers(z.array(releaseView), 'newest first'),
});
const metrics = createRoute({
  method: 'get',
  path: '/v1/projects/{project}/metrics',
  request: { params: projectParams, query: z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }) },
  responses: answers(scorecardView, 'the delivery metrics of production'),
});

export function readRoutes(app: OpenAPIHono, { ctx }: Actor): void {
  app.openapi(status, async (c) => c.json(await readStatus(ctx), 200));
  app.openapi(workers, async (c) => c.json(await readWorkers(ctx), 200));
  app.openapi(deployment, async (c) => c.json(await readDeployment(ctx, c.req.valid('param').id), 200));
  app.openapi(ship, async (c) => c.json(await readShip(ctx, c.req.valid('param').id), 200));
  app.openapi(releases, async (c) => c.json(await readReleases(ctx, c.req.valid('param').project), 200));
  app.openapi(metrics, async (c) =>
    c.json(await readScorecard(ctx, c.req.valid('param').project, c.req.valid('query').days), 200),
  );
}
