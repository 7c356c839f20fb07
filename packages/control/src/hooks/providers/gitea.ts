import type { HookProvider } from '../hook.ts';
import { parsePayload, pullRequestEvent, pushEvent, pushPayload } from '../payload.ts';
import { isHexSignature } from '../signature.ts';

/** https://docs.gitea.com/usage/webhooks; Forgejo says the same under its own name as well. */
export const gitea: HookProvider = {
  name: 'gitea',
  signsDelivery: false,
  verify: ({ headers, body }, secret) => isHexSignature(headers.get('x-gitea-signature'), secret, body),
  delivery: (headers) => headers.get('x-gitea-delivery'),
  read(request) {
    const event = request.headers.get('x-gitea-event') ?? '';
    if (event === 'push') return pushEvent(parsePayload(request, pushPayload));
    if (/^pull_request(_sync)?$/.test(event)) {
      return pullRequestEvent(request, ['opened', 'synchronized', 'synchronize', 'reopened']);
    }
    return { kind: 'other', why: `Kova does nothing on ${event.slice(0, 100) || 'a message without an event'}` };
  },
};
