import { type Secret, scrub } from '@kova/core/secret';
import { StatusRefused } from '../ports/commit-statuses.ts';

const limitMs = 10_000;

/** Sends a status to the API of a provider. @throws StatusRefused with the API's own words */
export async function sendStatus(
  address: string,
  headers: Record<string, string>,
  body: object,
  token: Secret,
): Promise<void> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'kova', ...headers },
    body: JSON.stringify(body),
    // The token is for this server alone.
    redirect: 'manual',
    signal: AbortSignal.timeout(limitMs),
  }).catch((error: Error) => {
    throw new StatusRefused(`no answer: ${(error.cause as Error | undefined)?.message ?? error.message}`, {
      isFinal: false,
    });
  });
  const words = (await answer.text().catch(() => '')).slice(0, 300);
  if (answer.ok) return;
  throw new StatusRefused(scrub(`it answered ${answer.status}: ${words}`, [token]), verdictOf(answer));
}

function verdictOf({ status, headers }: Response): { isFinal: boolean; afterMs: number | null } {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const isSpent = headers.get('x-ratelimit-remaining') === '0';
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000 - Date.now();
  const afterMs = seconds > 0 ? seconds * 1000 : isSpent && reset > 0 ? reset : null;
  const isFinal = status < 500 && status !== 408 && status !== 429 && afterMs === null;
  return { isFinal, afterMs };
}
