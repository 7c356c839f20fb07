import { type ListeningSocket, listeningBeside } from '../health/listening.ts';

/** The engine's own resolver listens in each container, at an address of its own. */
const resolverHost = '127.0.0.11';

/** What an app listens on in the container of which `pid` is a process, on this machine. */
export function appSockets(pid: number): ListeningSocket[] {
  return listeningBeside(pid).filter(({ host }) => host !== resolverHost);
}
