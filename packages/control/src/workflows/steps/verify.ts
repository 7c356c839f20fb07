import { formatDuration } from '@kova/core/config/duration';
import type { AppConfig } from '@kova/core/config/schema';
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
    for (const path of paths) {
      const said = await check(`http://${address.host}:${address.port}${path}`, app.health, signal);
      if (said) throw new KovaError('HEALTH_FAILED', `instance ${id} ${said} at ${path}`);
    }
  }
  return `${mine.length} instances answer ${paths.join(', ')}`;
}

/** What is wrong with the answer, null when nothing is. As for probes, one slow answer alone is no fault. */
async function check(url: string, { timeout, unhealthyAfter }: AppConfig['health'], signal: AbortSignal) {
  let late = '';
  for (let attempt = 1; attempt <= unhealthyAfter; attempt++) {
    try {
      return await ask(url, AbortSignal.any([signal, AbortSignal.timeout(timeout)]));
    } catch (error) {
      signal.throwIfAborted();
      const { name, message } = error as Error;
      late =
        name === 'TimeoutError' ? `did not answer within ${formatDuration(timeout)}` : `did not answer: ${message}`;
    }
  }
  return late;
}

/** More of an answer is not read. */
const mostBytes = 1_048_576;

/** What speaks against the answer; null when nothing does. */
async function ask(url: string, signal: AbortSignal): Promise<string | null> {
  const { statusCode, body } = await request(url, { signal });
  await body.dump({ limit: mostBytes, signal });
  return statusCode >= 200 && statusCode < 400 ? null : `answered ${statusCode}`;
}
