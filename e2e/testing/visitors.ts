import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** One person with a browser: keeps its cookies and comes back. */
export interface Visitor {
  cookie: string;
  /** The releases that answered, each run of the same one once. */
  releases: string[];
  errors: number;
}

/** People who come once and then come back, each with a cookie jar, until they are stopped. */
export class Visitors {
  readonly people: Visitor[];
  readonly #agent = new Agent({ connections: 16 });
  readonly #origin: string;
  readonly #host: string;
  readonly #coming: Promise<void>[];
  #running = true;

  constructor(origin: string, host: string, count: number, pauseMs = 100) {
    this.#origin = origin;
    this.#host = host;
    this.people = Array.from({ length: count }, () => ({ cookie: '', releases: [], errors: 0 }));
    this.#coming = this.people.map((person) => this.#comeBack(person, pauseMs));
  }

  async #comeBack(person: Visitor, pauseMs: number): Promise<void> {
    while (this.#running) {
      await this.#visit(person);
      await delay(pauseMs);
    }
  }

  async #visit(person: Visitor): Promise<void> {
    const headers = { host: this.#host, ...(person.cookie ? { cookie: person.cookie } : {}) };
    const answer = await request(`${this.#origin}/`, { dispatcher: this.#agent, headers });
    await answer.body.dump();
    const set = String(answer.headers['set-cookie'] ?? '').split(';')[0];
    if (set) person.cookie = set;
    if (answer.statusCode >= 500) person.errors += 1;
    const release = String(answer.headers['x-kova-release']);
    if (person.releases.at(-1) !== release) person.releases.push(release);
  }

  async stop(): Promise<Visitor[]> {
    this.#running = false;
    await Promise.all(this.#coming);
    await this.#agent.close();
    return this.people;
  }
}
