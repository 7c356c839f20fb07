import type { Secret } from '@kova/core/secret';
import { z } from 'zod';
import { isSame } from '../../secrets/is-same.ts';
import type { HookEvent, HookProvider, HookRequest } from '../hook.ts';
import { commitId, parsePayload, pushEvent, pushPayload } from '../payload.ts';
import { sign } from '../signature.ts';

const toleranceMs = 5 * 60_000;
const keyPrefix = 'whsec_';

/**
 * https://docs.gitlab.com/user/project/integrations/webhooks/: a signing token, by which id, time and body are signed
 * as Standard Webhooks says; or a secret token, which is sent as it is.
 */
export const gitlab: HookProvider = {
  name: 'gitlab',
  signsDelivery: true,
  verify(request, secret, now) {
    if (request.headers.has('webhook-signature')) return isSigned(request, secret, now);
    return isSame(request.headers.get('x-gitlab-token') ?? '', secret.reveal());
  },
  delivery: (headers) =>
    headers.get('webhook-id') ?? headers.get('idempotency-key') ?? headers.get('x-gitlab-event-uuid'),
  read(request) {
    const event = request.headers.get('x-gitlab-event') ?? '';
    if (event === 'Push Hook') return pushEvent(parsePayload(request, pushPayload));
    if (event === 'Merge Request Hook') return mergeRequestEvent(request);
    return { kind: 'other', why: `Kova does nothing on ${event.slice(0, 100) || 'a message without an event'}` };
  },
};

function isSigned({ headers, body }: HookRequest, secret: Secret, now: number): boolean {
  const [id, timestamp] = [headers.get('webhook-id') ?? '', headers.get('webhook-timestamp') ?? ''];
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > toleranceMs) return false;
  const text = secret.reveal();
  const key = text.startsWith(keyPrefix) ? Buffer.from(text.slice(keyPrefix.length), 'base64') : text;
  const wanted = `v1,${sign(key, `${id}.${timestamp}.`, body).toString('base64')}`;
  // Several, while the key is changed.
  const told = (headers.get('webhook-signature') ?? '').split(' ').slice(0, 10);
  return told.map((signature) => isSame(signature, wanted)).includes(true);
}

const mergeRequest = z.object({
  object_attributes: z.object({
    iid: z.number().int().positive(),
    action: z.string().max(100).default(''),
    oldrev: z.string().optional(),
    source_project_id: z.number().nullable(),
    target_project_id: z.number(),
    last_commit: z.object({ id: commitId }),
  }),
});

function mergeRequestEvent(request: HookRequest): HookEvent {
  const { object_attributes: mr } = parsePayload(request, mergeRequest);
  const isNew = ['open', 'reopen'].includes(mr.action) || (mr.action === 'update' && mr.oldrev !== undefined);
  if (!isNew) return { kind: 'other', why: `${mr.action} of a merge request changes no commit` };
  const fork = mr.source_project_id !== mr.target_project_id;
  return { kind: 'pull-request', number: mr.iid, commit: mr.last_commit.id, fork };
}
