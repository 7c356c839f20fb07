import { EventEmitter } from 'node:events';
import type { Secret } from '@kova/core/secret';
import pg from 'pg';

const channel = 'kova';
/** Between two rings at other processes: each is a commit of its own that all others wait for. */
const pauseMs = 25;
const reconnectMs = 1000;

/**
 * Wakes those who wait for something in the store, in this process and in all others on it, sooner than they would look
 * again. A ring may be lost when Postgres goes away: whoever waits looks again by itself, too.
 */
export class Bell {
  readonly #url: Secret;
  readonly #heard = new EventEmitter().setMaxListeners(0);
  readonly #due = new Set<string>();
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(url: Secret) {
    this.#url = url;
  }

  /** Listens from now on, again after Postgres was away. */
  open(): void {
    void this.#listen();
  }

  /** Tells what was rung before. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#tell();
    await this.#client?.end().catch(() => undefined);
  }

  ring(topic: string): void {
    this.#heard.emit(topic);
    this.#due.add(topic);
    this.#timer ??= setTimeout(() => void this.#tell(), pauseMs).unref();
  }

  on(topic: string, heard: () => void): void {
    this.#heard.on(topic, heard);
  }

  /** Resolves when the topic rings, and after `ms` at the latest; at once when the signal aborts. */
  next(topic: string, ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#heard.off(topic, end);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#heard.once(topic, end);
      signal?.addEventListener('abort', end, { once: true });
      if (signal?.aborted) end();
    });
  }

  async #listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url.reveal(),
      application_name: 'kova-bell',
      keepAlive: true,
    });
    const lost = () => {
      if (this.#client === client) this.#client = null;
      if (!this.#closed) setTimeout(() => void this.#listen(), reconnectMs).unref();
    };
    client.once('end', lost);
    client.on('error', () => void client.end().catch(() => undefined));
    client.on('notification', ({ payload }) => this.#heard.emit(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      this.#client = client;
    } catch {
      await client.end().catch(() => undefined);
    }
  }

  /** Through the connection that hears as well: it is in no transaction, and what it says itself does no harm. */
  async #tell(): Promise<void> {
    const topics = [...this.#due];
    this.#due.clear();
    const notify = 'SELECT pg_notify($1, topic) FROM unnest($2::text[]) AS topic';
    if (topics.length > 0) await this.#client?.query(notify, [channel, topics]).catch(() => {});
    this.#timer = null;
    if (this.#due.size > 0 && !this.#closed) this.#timer = setTimeout(() => void this.#tell(), pauseMs).unref();
  }
}
