import { formatDuration } from '@kova/core/config/duration';
import { KovaError } from '@kova/core/errors/kova-error';
import { request } from 'undici';
import type { Context } from '../../context.ts';
import type { Plan } from '../plan.ts';

/** Checks the idle slot: health and smoke paths on every instance; no user is on it. @throws KovaError HEALTH_FAILED */
export async function verify(ctx: Context, plan: Plan, signal: AbortSignal): Promise<string> {
  const { app, environment, release } = plan;
  const instances = await ctx.runtime.instances(plan.slot);
  const mine = instances.filter((instance) => instance.release === release.id);
  if (mine.length < environment.instances) {
    throw new KovaError('HEALTH_FAILED', `${mine.length} of ${environment.instances} instances run ${release.id}`);
  }
  const paths = [app.health.path, ...environment.smoke];
  for (const { id, address } of mine) {
    for (const path of paths)
      await check(id, `http://${address.host}:${address.port}${path}`, app.health.timeout, signal);
  }
  return `${mine.length} instances answer ${paths.join(', ')}`;
}

async function check(instance: string, url: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const said = await ask(url, limit).catch((error: Error) => {
    signal.throwIfAborted();
    return error.name === 'TimeoutError'
      ? `did not answer within ${formatDuration(timeoutMs)}`
      : `did not answer: ${error.message}`;
  });
  if (said) throw new KovaError('HEALTH_FAILED', `instance ${instance} ${said} at ${new URL(url).pathname}`);
}

/** More of an answer is not read. */
const mostBytes = 1_048_576;

/** What speaks against the answer; null when nothing does. */
async function ask(url: string, signal: AbortSignal): Promise<string | null> {
  const { statusCode, body } = await request(url, { signal });
  await body.dump({ limit: mostBytes, signal });
  return statusCode >= 200 && statusCode < 400 ? null : `answered ${statusCode}`;
}
