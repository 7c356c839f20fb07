import { request } from 'node:http';
import { engineSocket } from '@kova/control/engine-socket';

/** Why the story cannot be told in containers, before any of it is; null when an engine answers. */
export async function engineMissing(env: NodeJS.ProcessEnv): Promise<string | null> {
  const socketPath = engineSocket(env);
  const answers = await new Promise<boolean>((resolve) => {
    request({ socketPath, path: '/_ping', timeout: 5000 }, (answer) => resolve(answer.resume().statusCode === 200))
      .on('timeout', () => resolve(false))
      .on('error', () => resolve(false))
      .end();
  });
  return answers
    ? null
    : `no Docker engine answers at ${socketPath}; start it, name another by DOCKER_HOST, or leave out --runtime docker`;
}
