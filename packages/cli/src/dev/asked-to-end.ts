import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborts when the terminal or the system asks this process to end; the second time it ends at once. */
export function askedToEnd(): { signal: AbortSignal; dispose: () => void } {
  const asked = new AbortController();
  const ask = (name: (typeof signals)[number]) => {
    if (asked.signal.aborted) process.exit(128 + constants.signals[name]);
    asked.abort(new Error(`asked to end by ${name}`));
  };
  for (const name of signals) process.on(name, ask);
  const dispose = () => {
    for (const name of signals) process.off(name, ask);
  };
  return { signal: asked.signal, dispose };
}
