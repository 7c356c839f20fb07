import { access, constants } from 'node:fs/promises';

/** Whether there is something at the path that this process may use so: that is there at all, by default. */
export function isThere(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

export function isExecutable(path: string): Promise<boolean> {
  return isThere(path, constants.X_OK);
}
