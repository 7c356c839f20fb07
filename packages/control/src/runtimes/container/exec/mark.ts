import { randomUUID } from 'node:crypto';
import { killLaunches } from '../../process/system/terminate.ts';

const prefixOf = (home: string) => `${home}.exec.`;

/** What the processes of a command in a container carry. @param home the mark of the home */
export function execMark(home: string): string {
  return `${prefixOf(home)}${randomUUID()}`;
}

/** Ends the commands that a control plane of this home has left in containers of this machine. */
export async function endLeftCommands(home: string): Promise<void> {
  await killLaunches((launch) => launch.startsWith(prefixOf(home)));
}
