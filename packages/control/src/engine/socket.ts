import { KovaError } from '@kova/core/errors/kova-error';

const defaultSocket = '/var/run/docker.sock';

/**
 * Path of the socket of the engine that `DOCKER_HOST` names, by default the one of this machine. Only a unix socket is
 * taken: Kova's edge speaks to containers by their own addresses, which are of this machine.
 * @throws KovaError INPUT_INVALID
 */
export function engineSocket(env: NodeJS.ProcessEnv): string {
  const host = env.DOCKER_HOST;
  if (!host) return defaultSocket;
  const path = /^unix:\/\/(\/.+)$/.exec(host)?.[1];
  if (path) return path;
  throw new KovaError('INPUT_INVALID', `DOCKER_HOST is ${host}, which is not the socket of an engine on this machine`, {
    next: 'Set it to unix:///path/of/docker.sock, or unset it.',
  });
}
