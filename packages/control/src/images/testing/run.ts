import { setTimeout as pause } from 'node:timers/promises';
import type Docker from 'dockerode';

export interface Ran {
  health: string | undefined;
  /** `1000 node server.mjs`: user and arguments of each process. */
  processes: string[];
}

/** Runs an image as `docker run --network none` would, until its own healthcheck has an opinion. */
export async function runUntilJudged(engine: Docker, image: string): Promise<Ran> {
  const container = await engine.createContainer({ Image: image, HostConfig: { NetworkMode: 'none' } });
  await container.start();
  try {
    for (;;) {
      const { State } = await container.inspect();
      if (!State.Running) throw new Error(String(await container.logs({ stdout: true, stderr: true })));
      if (State.Health && State.Health.Status !== 'starting') {
        const { Processes } = await container.top({ ps_args: '-o pid,uid,args' });
        return { health: State.Health.Status, processes: Processes.map((each: string[]) => each.slice(1).join(' ')) };
      }
      await pause(100);
    }
  } finally {
    await container.remove({ force: true });
  }
}
