import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Actor } from '../act.ts';
import { listCertificates, readAuthority, readCertificate, renewCertificate } from '../certificates.ts';
import { authorityView, certificateView } from '../views.ts';
import { answers, environmentParams, jsonBody } from './shared.ts';

const list = createRoute({
  method: 'get',
  path: '/v1/certificates',
  responses: answers(z.array(certificateView), 'of all environments that ask for one'),
});
const show = createRoute({
  method: 'get',
  path: '/v1/projects/{project}/environments/{environment}/certificate',
  request: { params: environmentParams },
  responses: answers(certificateView, 'the certificate'),
});
const renew = createRoute({
  method: 'post',
  path: '/v1/projects/{project}/environments/{environment}/certificate/renew',
  request: { params: environmentParams, ...jsonBody(z.strictObject({})) },
  responses: answers(certificateView, 'the new certificate'),
});
const authority = createRoute({
  method: 'get',
  path: '/v1/certificate-authority',
  responses: answers(authorityView, 'the local authority, for those who shall trust it'),
});

export function certificateRoutes(app: OpenAPIHono, { ctx, certificates }: Actor): void {
  app.openapi(list, async (c) => c.json(await listCertificates(ctx), 200));
  app.openapi(show, async (c) => c.json(await readCertificate(ctx, c.req.valid('param')), 200));
  app.openapi(renew, async (c) => c.json(await renewCertificate(ctx, certificates, c.req.valid('param')), 200));
  app.openapi(authority, async (c) => c.json(await readAuthority(ctx), 200));
}
