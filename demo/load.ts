import { Agent, request } from 'undici';
import type { Answer } from './seen.ts';

export const perSecond = 40;
const tickMs = 25;
const limitMs = 20_000;
/** A machine that cannot keep up gets fewer requests, not a growing pile of them. */
const mostAtOnce = 48;
const paths = [
  '/',
  '/products',
  '/api/products',
  '/products/{slug}',
  '/api/products/{slug}',
  '/api/products?sort=price-up',
];

/** Users of the shop: three of four keep their connection, the fourth opens one for each request. */
export class Load {
  readonly #answers: Answer[] = [];
  readonly #keeps = new Agent({ connections: 32, pipelining: 1 });
  readonly #reconnects = new Agent({ connections: 32, pipelining: 0 });
  readonly #origin: string;
  readonly #host: string;
  readonly #slugs: readonly string[];
  readonly #open = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;
  #due = 0;
  #last = performance.now();

  /** `slugs`: products to look at. */
  constructor(origin: string, host: string, slugs: readonly string[]) {
    this.#origin = origin;
    this.#host = host;
    this.#slugs = slugs;
  }

  start(): this {
    this.#last = performance.now();
    this.#timer = setInterval(() => this.#tick(), tickMs);
    return this;
  }

  /** What users have seen since a moment (ms since the epoch), by the time of their answers. */
  since(moment: number): Answer[] {
    return this.#answers.filter(({ at }) => at >= moment);
  }

  /** Sends nothing more, waits for the answers that are under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    await Promise.all([this.#keeps.close(), this.#reconnects.close()]);
  }

  #tick(): void {
    const now = performance.now();
    this.#due = Math.min(this.#due + ((now - this.#last) * perSecond) / 1000, perSecond / 4);
    this.#last = now;
    while (this.#due >= 1 && this.#open.size < mostAtOnce) {
      this.#due -= 1;
      const one = this.#ask(this.#sent++).finally(() => this.#open.delete(one));
      this.#open.add(one);
    }
  }

  async #ask(index: number): Promise<void> {
    const sentAt = now();
    const path = paths[index % paths.length] ?? '/';
    const slug = this.#slugs[index % this.#slugs.length] ?? '';
    try {
      const { statusCode, headers, body } = await request(this.#origin + path.replace('{slug}', slug), {
        dispatcher: index % 4 === 3 ? this.#reconnects : this.#keeps,
        headers: { host: this.#host },
        signal: AbortSignal.timeout(limitMs),
      });
      await body.dump({ limit: 1 << 24 });
      const release = headers['x-kova-release'];
      const known = typeof release === 'string' ? release : null;
      this.#answers.push({ sentAt, at: now(), status: statusCode, release: known });
    } catch (error) {
      this.#answers.push({ sentAt, at: now(), status: 0, release: null, problem: (error as Error).message });
    }
  }
}

export function now(): number {
  return performance.timeOrigin + performance.now();
}
