import { subscribe } from 'node:diagnostics_channel'
import { closeCache } from './cache'
import { healthPool, pool } from './database'
import { log } from './log'
import { stockFeed } from './stock-feed'

/**
 * On SIGTERM Next stops accepting and waits for the requests in flight. What it does not know:
 * streams never end by themselves, and the database should see its connections closed, not cut.
 */
export function closeOnSignal(): void {
  let inFlight = 0
  subscribe('http.server.request.start', (message) => {
    const { response } = message as { response: NodeJS.EventEmitter }
    inFlight += 1
    response.once('close', () => {
      inFlight -= 1
    })
  })

  const close = (signal: string) => {
    log('info', 'closing', { signal, inFlight })
    void stockFeed().close()
    const whenIdle = () => {
      if (inFlight > 0) return setTimeout(whenIdle, 20).unref()
      void closeCache()
      if (process.env.DATABASE_URL) {
        void pool().end()
        void healthPool().end()
      }
    }
    whenIdle()
  }
  process.once('SIGTERM', close)
  process.once('SIGINT', close)
}
