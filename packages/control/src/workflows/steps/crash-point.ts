/** The instants at which tests kill the control plane: before and after each named step, and others by name. */
export function crashPoint(name: string): void {
  if (process.env.KOVA_CRASH_AT === name) process.kill(process.pid, 'SIGKILL');
}
