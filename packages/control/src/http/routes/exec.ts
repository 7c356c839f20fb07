import { upgradeWebSocket } from '@hono/node-server';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Actor } from '../act.ts';
import { executionView, listExecutions } from '../exec/list.ts';
import type { ExecSessions } from '../exec/sessions.ts';
import { answers, environmentParams, projectParams } from './shared.ts';

const query = z.object({
  environment: environmentParams.shape.environment.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});
const executions = createRoute({
  method: 'get',
  path: '/v1/projects/{project}/executions',
  request: { params: projectParams, query },
  responses: answers(z.array(executionView), 'the commands that were run in instances, newest first'),
});

/** A command is run over a WebSocket of its own: see http/exec/messages.ts. */
export function execRoutes(app: OpenAPIHono, { ctx }: Actor, sessions: ExecSessions): void {
  app.openapi(executions, async (c) => {
    const { environment = null, limit } = c.req.valid('query');
    return c.json(await listExecutions(ctx, c.req.valid('param').project, environment, limit), 200);
  });
  app.get(
    '/v1/projects/:project/environments/:environment/exec',
    upgradeWebSocket((c) => {
      const target = environmentParams.parse(c.req.param());
      return { onOpen: (_, { raw }) => raw && sessions.take(target, raw as WebSocket) };
    }),
  );
}
