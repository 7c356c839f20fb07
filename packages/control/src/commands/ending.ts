import { signalGroup } from './group.ts';

const running = new Set<number>();

/** No command outlives this process when it ends by itself or is asked to end: nobody would hear its result. */
process.on('exit', () => {
  for (const leader of running) signalGroup(leader, 'SIGKILL');
});

/** Lets the process group end with this process, until `done` settles. */
export async function endWithUs<T>(leader: number | undefined, done: Promise<T>): Promise<T> {
  if (leader === undefined) return done;
  running.add(leader);
  try {
    return await done;
  } finally {
    running.delete(leader);
  }
}
