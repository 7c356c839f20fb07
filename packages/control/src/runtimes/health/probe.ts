import { type IncomingMessage, request } from 'node:http';
import { formatDuration } from '@kova/core/config/duration';

export interface ProbeResult {
  ok: boolean;
  /** Whether anything answered at all, whatever it said. */
  answered: boolean;
  /** `GET /health answered 503`. */
  words: string;
}

export interface Probe {
  host: string;
  port: number;
  path: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Asks the health path once; only 2xx is good. Never rejects: an abort is an answer that is not good. */
export function probe({ host, port, path, timeoutMs, signal }: Probe): Promise<ProbeResult> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const limit = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const name = `GET ${path}`;
  if (port === 0) return Promise.resolve({ ok: false, answered: false, words: 'it has no address yet' });
  return new Promise((resolve) => {
    const asking = request({ host, port, path, agent: false, signal: limit, headers: { 'user-agent': 'kova-health' } });
    asking.once('response', (response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      response.on('error', () => {});
      response.resume();
      resolve({ ok: status >= 200 && status < 300, answered: true, words: `${name} answered ${status}` });
      response.once('end', () => asking.destroy());
    });
    asking.on('error', (error: NodeJS.ErrnoException) => {
      if (timeout.aborted) {
        resolve({ ok: false, answered: true, words: `${name} gave no answer within ${formatDuration(timeoutMs)}` });
      } else {
        resolve({ ok: false, answered: false, words: `${name} failed: ${error.code ?? error.message}` });
      }
    });
    asking.end();
  });
}
