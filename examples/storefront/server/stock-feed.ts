import { Client } from 'pg'
import { databaseUrl } from './database'
import { log, messageOf } from './log'
import { processSingleton } from './process-singleton'

/** `change` carries the JSON that the database announced: `{ slug, stock }`. */
export type StockListener = { change(json: string): void; end(): void }

const RETRY_MS = 1000

/** One LISTEN connection for all streams of this process, opened with the first of them. */
export class StockFeed {
  readonly #listeners = new Set<StockListener>()
  #client: Client | undefined
  #closed = false

  subscribe(listener: StockListener): () => void {
    if (this.#closed) {
      listener.end()
      return () => {}
    }
    this.#listeners.add(listener)
    if (!this.#client) void this.#listen()
    return () => this.#listeners.delete(listener)
  }

  /** Ends every stream, so that the server can finish. Browsers reconnect elsewhere. */
  async close(): Promise<void> {
    this.#closed = true
    for (const listener of this.#listeners) listener.end()
    this.#listeners.clear()
    await this.#client?.end().catch(() => {})
  }

  async #listen(): Promise<void> {
    const client = new Client({
      connectionString: databaseUrl(),
      keepAlive: true,
      application_name: 'storefront-stock',
    })
    this.#client = client
    client.on('notification', ({ payload }) => {
      for (const listener of this.#listeners) listener.change(payload ?? '')
    })
    client.on('error', (error) => log('warn', 'stock feed lost', { error: messageOf(error) }))
    client.on('end', () => this.#listenAgain(client))
    try {
      await client.connect()
      await client.query('listen stock_changed')
    } catch (error) {
      log('warn', 'stock feed cannot connect', { error: messageOf(error) })
      client.end().catch(() => {})
      this.#listenAgain(client)
    }
  }

  #listenAgain(lost: Client): void {
    if (this.#closed || this.#client !== lost) return
    this.#client = undefined
    setTimeout(() => {
      if (!this.#closed && !this.#client && this.#listeners.size > 0) void this.#listen()
    }, RETRY_MS).unref()
  }
}

export function stockFeed(): StockFeed {
  return processSingleton('stock-feed', () => new StockFeed())
}
