import { Agent, request } from 'undici';

/** What users saw. */
export interface Seen {
  requests: number;
  /** No answer, or 502, 503, 504: what a switch must never cause. */
  dropped: string[];
  errors: number;
  /** How often a user was refused a connection and went to the next origin at once. */
  moved: number;
  /** When each release answered first and last, by the clock of `performance`; how often, and how often 500. */
  releases: Map<string, { first: number; last: number; count: number; errors: number }>;
}

/** Users who keep asking, over kept connections and with a new connection each, until they are stopped. */
export class Load {
  readonly seen: Seen = { requests: 0, dropped: [], errors: 0, moved: 0, releases: new Map() };
  readonly #agents = [new Agent({ connections: 4 }), new Agent({ connections: 4, pipelining: 0 })];
  readonly #origins: readonly string[];
  readonly #host: string;
  #running = true;
  readonly #users: Promise<void>[];

  /** Of several origins a user takes the next one when the one at hand gives no answer. */
  constructor(origin: string | readonly string[], host: string, users = 4, pauseMs = 10) {
    this.#origins = [origin].flat();
    this.#host = host;
    this.#users = Array.from({ length: users }, (_, index) => this.#ask(this.#agents[index % 2]!, pauseMs));
  }

  async #ask(dispatcher: Agent, pauseMs: number): Promise<void> {
    for (let at = 0; this.#running; ) {
      this.seen.requests += 1;
      at += await this.#one(dispatcher, at, this.#origins.length - 1);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** Asks from the origin at `at` on, at `others` more where it is refused. @returns how many are left behind */
  async #one(dispatcher: Agent, at: number, others: number): Promise<number> {
    try {
      const answer = await request(`${this.#origins[at % this.#origins.length]}/`, {
        dispatcher,
        headers: { host: this.#host },
        headersTimeout: 20_000,
      });
      await answer.body.dump();
      if ([502, 503, 504].includes(answer.statusCode)) this.seen.dropped.push(`status ${answer.statusCode}`);
      else if (answer.statusCode >= 500) this.seen.errors += 1;
      this.#note(String(answer.headers['x-kova-release']), answer.statusCode === 500);
      return 0;
    } catch (error) {
      if (others > 0 && (error as { code?: string }).code === 'ECONNREFUSED') {
        this.seen.moved += 1;
        return 1 + (await this.#one(dispatcher, at + 1, others - 1));
      }
      this.seen.dropped.push((error as Error).message);
      return 1;
    }
  }

  #note(release: string, failed: boolean): void {
    const now = performance.now();
    const { first, count, errors } = this.seen.releases.get(release) ?? { first: now, count: 0, errors: 0 };
    this.seen.releases.set(release, { first, last: now, count: count + 1, errors: errors + Number(failed) });
  }

  async stop(): Promise<Seen> {
    this.#running = false;
    await Promise.all(this.#users);
    await Promise.all(this.#agents.map((agent) => agent.close()));
    return this.seen;
  }
}
