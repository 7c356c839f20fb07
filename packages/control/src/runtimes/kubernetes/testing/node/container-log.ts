import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';

interface Line {
  stamp: string;
  text: string;
}

/** What a pod's container has written, as the kubelet keeps and serves it. */
export class ContainerLog {
  readonly #lines: Line[] = [];
  readonly #changed = new EventEmitter<{ line: [Line]; end: [] }>().setMaxListeners(0);
  /** Where the lines of the latest start begin. */
  #from = 0;
  #before = 0;
  #running = false;
  #nanoseconds = 0;

  begin(): void {
    this.#before = this.#from;
    this.#from = this.#lines.length;
    this.#running = true;
  }

  write(text: string): void {
    this.#nanoseconds = (this.#nanoseconds + 1) % 1_000_000;
    const stamp = new Date().toISOString().replace('Z', `${String(this.#nanoseconds).padStart(6, '0')}Z`);
    const line = { stamp, text };
    this.#lines.push(line);
    this.#changed.emit('line', line);
  }

  end(): void {
    this.#running = false;
    this.#changed.emit('end');
  }

  /**
   * `tailLines`, `sinceTime`, `follow`, always with `timestamps`:
   * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
   */
  serve(query: URLSearchParams, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    const since = query.get('sinceTime') ?? '';
    const previous = query.get('previous') === 'true';
    const kept = previous ? this.#lines.slice(this.#before, this.#from) : this.#lines.slice(this.#from);
    const lines = kept.filter(({ stamp }) => stamp >= since.slice(0, 19));
    const tail = query.get('tailLines');
    const write = ({ stamp, text }: Line) => response.write(`${stamp} ${text}\n`);
    for (const line of tail === null ? lines : lines.slice(lines.length - Math.min(Number(tail), lines.length)))
      write(line);
    if (query.get('follow') !== 'true' || previous || !this.#running) return void response.end();
    this.#changed.on('line', write);
    this.#changed.once('end', () => response.end());
    response.on('close', () => this.#changed.off('line', write));
  }
}
