import type { OpenAPIHono } from '@hono/zod-openapi';
import { KovaError } from '@kova/core/errors/kova-error';
import { receiveHook, unsigned } from '../../hooks/receive.ts';
import { crashPoint } from '../../workflows/steps/crash-point.ts';
import type { Actor } from '../act.ts';

/** Providers send more only for pushes of thousands of commits; a poll finds those. */
const maxBytes = 5 * 1024 * 1024;
const name = /^[a-z0-9-]{1,40}$/;

/** Messages of providers. Their signature stands in for the token, so that this part alone may be reached from outside. */
export function hookRoutes(app: OpenAPIHono, { ctx, workflows }: Actor): void {
  app.post('/hooks/:provider/:project', async (c) => {
    const { provider, project } = c.req.param();
    if (!name.test(provider) || !name.test(project)) throw unsigned();
    const body = await readAtMost(c.req.raw);
    const { trigger, isNew, said } = await receiveHook(ctx, provider, project, { headers: c.req.raw.headers, body });
    if (!trigger || !isNew) return c.json({ trigger, said }, 200);
    crashPoint('trigger:recorded');
    await workflows.trigger(trigger);
    return c.json({ trigger, said }, 202);
  });
}

/** @throws KovaError INPUT_INVALID */
async function readAtMost({ headers, body }: Request): Promise<Buffer> {
  const tooLarge = () => new KovaError('INPUT_INVALID', `the message is larger than ${maxBytes} bytes`);
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
