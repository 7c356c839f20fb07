import type { OpenAPIHono } from '@hono/zod-openapi';
import { KovaError } from '@kova/core/errors/kova-error';
import { z } from 'zod';
import type { LogQuery } from '../../ports/job-runner.ts';
import type { Actor } from '../act.ts';
import { requireJobs, searchProject, searchRun } from '../search-logs.ts';
import { send } from './send.ts';
import { idParams, projectParams } from './shared.ts';

const pattern = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => !/[\n\0]/.test(text), 'must be on one line');
const whole = (from: number, to: number) => z.coerce.number().int().min(from).max(to);

const searchQuery = z
  .object({
    text: pattern.optional(),
    regex: pattern.optional(),
    ignoreCase: z.enum(['true', 'false']).default('false'),
    context: whole(0, 50).default(0),
    limit: whole(1, 10_000).default(1000),
    job: z.string().nullable().default(null),
    last: whole(1, 200).default(10),
  })
  .refine(({ text, regex }) => (text === undefined) !== (regex === undefined), 'name one of text and regex');

/** Server-Sent Events as those of the other streams: one line of a log each. */
export function logSearchRoutes(app: OpenAPIHono, { ctx }: Actor): void {
  app.get('/v1/runs/:id/logs', async (c) => {
    const { id } = idParams.parse(c.req.param());
    const { job, query } = asked(c.req.query());
    await requireJobs(ctx, id, job);
    return send(c, await begun((signal) => searchRun(ctx, id, job, query, signal)));
  });
  app.get('/v1/projects/:project/logs', async (c) => {
    const { project } = projectParams.parse(c.req.param());
    const { job, query, last } = asked(c.req.query());
    return send(c, await begun((signal) => searchProject(ctx, project, last, job, query, signal)));
  });
}

function asked(given: Record<string, string>): { job: string | null; last: number; query: LogQuery } {
  const parsed = searchQuery.safeParse(given);
  if (!parsed.success) throw new KovaError('INPUT_INVALID', parsed.error.issues.map(said).join('; '));
  const { text, regex, ignoreCase, context, limit, job, last } = parsed.data;
  const what =
    text === undefined ? { kind: 'regex' as const, pattern: regex ?? '' } : { kind: 'text' as const, pattern: text };
  return { job, last, query: { ...what, context, limit, ignoreCase: ignoreCase === 'true' } };
}

function said({ path, message }: z.core.$ZodIssue): string {
  return path.length > 0 ? `${path.join('.')}: ${message}` : message;
}

/** Waits for the first event: an expression that is none is then an answer with a status, not a stream that breaks. */
async function begun<T>(search: (signal: AbortSignal) => AsyncGenerator<T>) {
  const gone = new AbortController();
  const events = search(gone.signal);
  const first = await events.next();
  return async function* (signal: AbortSignal) {
    signal.addEventListener('abort', () => gone.abort(), { once: true });
    if (first.done) return;
    yield first.value;
    yield* events;
  };
}
