import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { KovaError } from '@kova/core/errors/kova-error';
import { providers } from '@kova/core/repository/provider';
import { repositoryAddress } from '../../repository/address.ts';
import { connectRepository } from '../../repository/connect.ts';
import { allRepositories, findRepository, removeRepository } from '../../store/repositories.ts';
import { pullRequestChoices } from '../../store/schema.ts';
import type { Actor } from '../act.ts';
import { repositoryView, viewOfRepository } from '../repository-view.ts';
import { answers, branchName, branchPattern, jsonBody, projectParams } from './shared.ts';

const path = '/v1/projects/{project}/repository';
const secretText = z.string().min(8).max(1000);
const webAddress = z.url({ protocol: /^https?$/ }).max(500);

const wish = z.strictObject({
  url: repositoryAddress,
  provider: z.enum(providers),
  branches: z.array(branchName).min(1).max(50).nullable().default(null),
  proved: z.array(branchPattern).max(50).default([]),
  pullRequests: z.enum(pullRequestChoices).default('none'),
  pollMs: z.number().int().min(1000).max(86_400_000).nullable().default(null),
  secret: secretText.nullable().default(null),
  token: secretText.nullable().default(null),
  api: webAddress.nullable().default(null),
  link: webAddress.nullable().default(null),
});

const connection = createRoute({
  method: 'post',
  path,
  request: { params: projectParams, ...jsonBody(wish) },
  responses: answers(
    z.object({ repository: repositoryView, secret: z.string().nullable().describe('told this once') }),
    'the repository as it is connected',
  ),
});
const show = createRoute({
  method: 'get',
  path,
  request: { params: projectParams },
  responses: answers(repositoryView, 'the repository that the project is connected to'),
});
const list = createRoute({
  method: 'get',
  path: '/v1/repositories',
  responses: answers(z.array(repositoryView), 'all that are connected'),
});
const disconnection = createRoute({
  method: 'post',
  path: `${path}/disconnect`,
  request: { params: projectParams },
  responses: answers(z.object({ project: z.string() }), 'the project that is connected no more'),
});

export function repositoryRoutes(app: OpenAPIHono, { ctx }: Actor): void {
  const require = async (project: string) => {
    const repository = await findRepository(ctx.db, project);
    if (repository) return repository;
    throw new KovaError('NOT_FOUND', `${project} is connected to no repository`, {
      next: 'Connect it with `kova repository connect`.',
    });
  };
  app.openapi(connection, async (c) => {
    const { project } = c.req.valid('param');
    const secret = await connectRepository(ctx, { project, ...c.req.valid('json') });
    const repository = await viewOfRepository(ctx, await require(project));
    return c.json({ repository, secret: secret?.reveal() ?? null }, 200);
  });
  app.openapi(show, async (c) => c.json(await viewOfRepository(ctx, await require(c.req.valid('param').project)), 200));
  app.openapi(list, async (c) => {
    const repositories = await allRepositories(ctx.db);
    return c.json(await Promise.all(repositories.map((repository) => viewOfRepository(ctx, repository))), 200);
  });
  app.openapi(disconnection, async (c) => {
    const { project } = c.req.valid('param');
    await require(project);
    await removeRepository(ctx.db, project);
    return c.json({ project }, 200);
  });
}
