import { engineAnswers } from '@kova/control/engine-answers';
import { engineClient } from '@kova/control/engine-client';
import { reportOf } from '@kova/core/errors/kova-error';

/** Why the story cannot be told in containers, before any of it is; null when an engine answers. */
export async function engineMissing(env: NodeJS.ProcessEnv): Promise<string | null> {
  try {
    await engineAnswers(engineClient(env));
    return null;
  } catch (error) {
    const { message, next } = reportOf(error);
    return `${message}\n${next}`;
  }
}
