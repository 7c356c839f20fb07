import Docker from 'dockerode';
import { engineSocket } from './socket.ts';

/** A client of the engine at `engineSocket`. Connects with the first call. */
export function engineClient(env: NodeJS.ProcessEnv = process.env): Docker {
  return new Docker({ socketPath: engineSocket(env) });
}
