import { KovaError } from '@kova/core/errors/kova-error';

const pollMs = 300;

/** Who wants the end of something, and why; null when nobody does. */
export type AbortQuestion = () => Promise<{ reason: string } | null>;

/**
 * Asks again and again, once at a time however long the store takes to answer, and aborts with CANCELLED when somebody
 * wants the end. @returns what ends the asking
 */
export function watchAbort(question: AbortQuestion, controller: AbortController): () => void {
  let asking = false;
  const look = async () => {
    if (asking) return;
    asking = true;
    const request = await question().catch(() => null);
    asking = false;
    if (request) controller.abort(new KovaError('CANCELLED', request.reason));
  };
  const timer = setInterval(() => void look(), pollMs);
  return () => clearInterval(timer);
}
