import autocannon from 'autocannon';
import { connectHost } from '../target/loopback.ts';
import { type Target, urlOf } from '../target/target.ts';
import { type Latency, latencyOf } from './latency.ts';

export interface LoadWish {
  paths: readonly string[];
  seconds: number;
  connections: number;
}

export interface Load {
  requests: number;
  /** Answers a second, whatever their status. */
  rps: number;
  latency: Latency | null;
  /** Requests that failed, by kind: `timeout`, `connection`, `5xx`, `4xx`. */
  errors: Record<string, number>;
  /** From 0 to 1, of all requests. */
  errorRate: number;
  statuses: Record<string, number>;
}

const timeoutSeconds = 10;

/** Asks the paths in turn, over some connections, each as soon as the answer before is there. */
export async function measureLoad(target: Target, { paths, seconds, connections }: LoadWish): Promise<Load> {
  const { host, protocol, hostname, port } = target.base;
  const url = `${protocol}//${bracketed(connectHost(hostname))}${port ? `:${port}` : ''}`;
  const headers = { ...target.headers, host, 'user-agent': 'kova-check' };
  const requests = paths.map((path) => {
    const { pathname, search } = urlOf(target, path);
    return { method: 'GET' as const, path: pathname + search, headers };
  });
  const seen = new Recorder();
  const options = { url, requests, connections, duration: seconds, timeout: timeoutSeconds, servername: hostname };
  const startedAt = performance.now();
  await new Promise<void>((resolve, reject) => {
    const running = autocannon(options, (error: Error | null) => (error ? reject(error) : resolve()));
    running.on('response', (_client, status, _bytes, ms) => seen.answer(status, ms));
    running.on('reqError', (error: Error) => seen.failure(error));
  });
  return seen.load((performance.now() - startedAt) / 1000);
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);

class Recorder {
  readonly #times: number[] = [];
  readonly #statuses: Record<string, number> = {};
  readonly #errors: Record<string, number> = {};

  answer(status: number, ms: number): void {
    this.#times.push(ms);
    count(this.#statuses, String(status));
    if (status >= 400) count(this.#errors, status >= 500 ? '5xx' : '4xx');
  }

  failure(error: Error): void {
    count(this.#errors, /timed? ?out/i.test(error.message) ? 'timeout' : 'connection');
  }

  load(seconds: number): Load {
    const answers = this.#times.length;
    const failed = Object.values(this.#errors).reduce((a, b) => a + b, 0);
    const unanswered = (this.#errors.timeout ?? 0) + (this.#errors.connection ?? 0);
    const requests = answers + unanswered;
    return {
      requests,
      rps: Math.round((answers / seconds) * 10) / 10,
      latency: latencyOf(Float64Array.from(this.#times)),
      errors: this.#errors,
      errorRate: requests === 0 ? 0 : failed / requests,
      statuses: this.#statuses,
    };
  }
}

function count(of: Record<string, number>, name: string): void {
  of[name] = (of[name] ?? 0) + 1;
}
