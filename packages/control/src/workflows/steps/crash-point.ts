/** The instants at which tests kill the control plane: around each named step, and once a wish is recorded. */
export function crashPoint(name: string): void {
  if (process.env.KOVA_CRASH_AT === name) process.kill(process.pid, 'SIGKILL');
}
