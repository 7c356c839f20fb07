import { KovaError } from '@kova/core/errors/kova-error';
import type { ExecCall } from './call.ts';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The command is given the signals that this process gets, and does with them what it will; the second of a kind leaves
 * it. Returns what takes that back.
 */
export function passSignals(call: ExecCall): () => void {
  const seen = new Set<string>();
  const pass = (signal: (typeof passedOn)[number]) => {
    if (seen.has(signal)) call.leave(new KovaError('CANCELLED', `left by ${signal}; the command is ended`));
    else call.say({ type: 'signal', signal });
    seen.add(signal);
  };
  for (const signal of passedOn) process.on(signal, pass);
  return () => {
    for (const signal of passedOn) process.off(signal, pass);
  };
}
