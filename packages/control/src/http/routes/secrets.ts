import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { secretName } from '@kova/core/config/values';
import { Secret } from '@kova/core/secret';
import { ensureProject } from '../../store/releases.ts';
import type { Actor } from '../act.ts';
import { forgetSecret, listSecrets } from '../secrets.ts';
import { secretView } from '../views.ts';
import { answers, by, jsonBody, projectParams } from './shared.ts';

/** What a variable of a process may hold, with some room. */
const longest = 65_536;
const value = z
  .string()
  .min(4, 'must have 4 characters at least: a shorter one cannot be kept out of logs')
  .max(longest, `must have ${longest} characters at most`)
  .refine((text) => !text.includes('\0'), 'must have no null character: no variable can hold one');

const secretParams = projectParams.extend({ name: secretName });

const list = createRoute({
  method: 'get',
  path: '/v1/projects/{project}/secrets',
  request: { params: projectParams },
  responses: answers(z.array(secretView), 'by name, without their values'),
});
const set = createRoute({
  method: 'post',
  path: '/v1/projects/{project}/secrets',
  request: { params: projectParams, ...jsonBody(z.strictObject({ name: secretName, value, by })) },
  responses: answers(z.object({ name: z.string() }), 'the secret that was set'),
});
const remove = createRoute({
  method: 'delete',
  path: '/v1/projects/{project}/secrets/{name}',
  request: { params: secretParams },
  responses: answers(z.object({ name: z.string() }), 'the secret that is there no more'),
});

export function secretRoutes(app: OpenAPIHono, { ctx }: Actor): void {
  app.openapi(list, async (c) => c.json(await listSecrets(ctx, c.req.valid('param').project), 200));
  app.openapi(set, async (c) => {
    const { project } = c.req.valid('param');
    const { name, value: text, by: person } = c.req.valid('json');
    await ensureProject(ctx.db, project);
    await ctx.vault.set(project, name, new Secret(text), person);
    return c.json({ name }, 200);
  });
  app.openapi(remove, async (c) => {
    const { project, name } = c.req.valid('param');
    await forgetSecret(ctx, project, name);
    return c.json({ name }, 200);
  });
}
