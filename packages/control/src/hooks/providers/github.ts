import type { HookProvider } from '../hook.ts';
import { parsePayload, pullRequestEvent, pushEvent, pushPayload } from '../payload.ts';
import { isHexSignature } from '../signature.ts';

const prefix = 'sha256=';

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const github: HookProvider = {
  name: 'github',
  signsDelivery: false,
  verify({ headers, body }, secret) {
    const told = headers.get('x-hub-signature-256');
    return isHexSignature(told?.startsWith(prefix) ? told.slice(prefix.length) : null, secret, body);
  },
  delivery: (headers) => headers.get('x-github-delivery'),
  read(request) {
    const event = request.headers.get('x-github-event') ?? '';
    if (event === 'ping') return { kind: 'ping' };
    if (event === 'push') return pushEvent(parsePayload(request, pushPayload));
    if (event === 'pull_request') return pullRequestEvent(request, ['opened', 'synchronize', 'reopened']);
    return { kind: 'other', why: `Kova does nothing on ${event.slice(0, 100) || 'a message without an event'}` };
  },
};
