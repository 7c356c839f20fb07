import { OpenAPIHono } from '@hono/zod-openapi';
import { errorCodes } from '@kova/core/errors/codes';
import { type ErrorReport, KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { isSame } from '../secrets/is-same.ts';
import type { Actor } from './act.ts';
import type { ExecSessions } from './exec/sessions.ts';
import { version } from './read.ts';
import { actionRoutes } from './routes/actions.ts';
import { certificateRoutes } from './routes/certificates.ts';
import { execRoutes } from './routes/exec.ts';
import { hookRoutes } from './routes/hooks.ts';
import { logSearchRoutes } from './routes/log-search.ts';
import { pipelineRoutes } from './routes/pipeline.ts';
import { planRoutes } from './routes/plan.ts';
import { readRoutes } from './routes/reads.ts';
import { repositoryRoutes } from './routes/repositories.ts';
import { secretRoutes } from './routes/secrets.ts';
import { shipRoutes } from './routes/ships.ts';
import { streamRoutes } from './routes/streams.ts';

/** The API. All but the health of the control plane, and hooks, which are signed, wants the token. */
export function createApi(actor: Actor, sessions: ExecSessions, token: Secret): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return;
      const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
      throw new KovaError('INPUT_INVALID', issues.join('; '));
    },
  });
  app.onError((error, c) => {
    const report: ErrorReport = reportOf(error);
    return c.json(report, errorCodes[report.code].status as ContentfulStatusCode);
  });
  app.notFound((c) => c.json(reportOf(new KovaError('NOT_FOUND', `there is no ${c.req.path}`)), 404));
  app.get('/v1/health', (c) => c.json({ ok: true, version }));
  hookRoutes(app, actor);
  app.use(async (c, next) => {
    if (!isSame(c.req.header('authorization') ?? '', `Bearer ${token.reveal()}`))
      throw new KovaError('UNAUTHORIZED', 'the token is missing or wrong');
    await next();
  });
  readRoutes(app, actor);
  shipRoutes(app, actor);
  planRoutes(app, actor);
  pipelineRoutes(app, actor);
  secretRoutes(app, actor);
  certificateRoutes(app, actor);
  actionRoutes(app, actor);
  repositoryRoutes(app, actor);
  streamRoutes(app, actor);
  logSearchRoutes(app, actor);
  execRoutes(app, actor, sessions);
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Kova', version } });
  return app;
}
