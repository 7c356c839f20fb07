import { KovaError } from '@kova/core/errors/kova-error';
import { isBranch } from '@kova/core/repository/branch';
import { z } from 'zod';
import type { HookEvent, HookRequest } from './hook.ts';

const noCommit = /^0+$/;

export const commitId = z.string().regex(/^[0-9a-f]{40}$/, 'is no commit id');

/** `ref`, and the commit that it has now; of zeros when it was deleted. */
export const pushPayload = z.object({ ref: z.string().max(300), after: commitId });

/** @throws KovaError INPUT_INVALID */
export function parsePayload<S extends z.ZodType>({ headers, body }: HookRequest, schema: S): z.output<S> {
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new KovaError('INPUT_INVALID', `the message is ${type || 'of no type'}`, {
      next: 'Choose the content type application/json in the settings of the webhook.',
    });
  }
  const parsed = schema.safeParse(json(body));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new KovaError('INPUT_INVALID', issues.join('; '));
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new KovaError('INPUT_INVALID', 'the message is no JSON');
  }
}

export function pushEvent({ ref, after }: z.output<typeof pushPayload>): HookEvent {
  if (!ref.startsWith('refs/heads/')) return { kind: 'other', why: `${ref} is no branch` };
  const branch = ref.slice('refs/heads/'.length);
  if (noCommit.test(after)) return { kind: 'other', why: `${branch} was deleted` };
  if (!isBranch(branch)) return { kind: 'other', why: 'the branch has a name that Kova does not take' };
  return { kind: 'push', branch, commit: after };
}

/** As GitHub says it, and Gitea after it. */
const pullRequestPayload = z.object({
  action: z.string(),
  number: z.number().int().positive(),
  pull_request: z.object({
    head: z.object({ sha: commitId, repo: z.object({ id: z.number() }).nullable() }),
    base: z.object({ repo: z.object({ id: z.number() }) }),
  }),
});

/** A pull request of which the head is new. */
export function pullRequestEvent(request: HookRequest, actions: readonly string[]): HookEvent {
  const { action } = parsePayload(request, z.object({ action: z.string().max(100) }));
  if (!actions.includes(action)) return { kind: 'other', why: `${action} of a pull request changes no commit` };
  const { number, pull_request: pr } = parsePayload(request, pullRequestPayload);
  const { head, base } = pr;
  return { kind: 'pull-request', number, commit: head.sha, fork: head.repo?.id !== base.repo.id };
}
