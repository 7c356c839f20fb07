import { request } from 'node:http';
import { engineSocket } from '@kova/control/engine-socket';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Check } from './checks.ts';

const patienceMs = 5000;

/** Whether the Docker engine answers. A machine without one is well: only containers and images need it. */
export async function checkEngine(env: NodeJS.ProcessEnv): Promise<Check> {
  const name = 'Docker engine';
  const next = 'Start the engine, let the user of Kova use its socket, or point DOCKER_HOST at another one.';
  try {
    const socketPath = engineSocket(env);
    const { Version, Os, Arch } = JSON.parse(await get(socketPath, '/version')) as Record<string, string>;
    return { name, ok: true, found: `Docker ${Version} for ${Os}/${Arch} answers at ${socketPath}`, next };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !env.DOCKER_HOST) {
      return { name, ok: true, found: 'none here; only `runtime: docker` and images need one', next };
    }
    return { name, ok: false, found: error instanceof KovaError ? message : `${engineSocket(env)}: ${message}`, next };
  }
}

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path, signal: AbortSignal.timeout(patienceMs) }, async (answer) => {
      let body = '';
      for await (const chunk of answer.setEncoding('utf8')) body += chunk;
      resolve(body);
    });
    asking.on('error', reject).end();
  });
}
